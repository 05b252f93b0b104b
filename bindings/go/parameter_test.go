package pusherauth_test

import (
	"strings"
	"testing"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

func TestRequestParameter(t *testing.T) {
	const json = "application/json"
	for _, c := range []struct {
		contentType, text, name, want string
		err                           error
	}{
		{"", "a=1&b=%F0%9F%8C%8D+x", "b", "🌍 x", nil},
		{form, "a%zz%61=1&a%zza2=2", "a%zza", "1", nil},
		{form, "user=ali;ce", "user", "ali;ce", nil},
		{form + "; charset=utf-8", "a", "a", "", nil},
		{form, "a%00b=1", "a\x00b", "1", nil},
		{json, `{"a":"\ud83d\ude00"}`, "a", "😀", nil},
		{form, "", "a", "", pusherauth.ErrParameterMissing},
		{json, "{}", "a", "", pusherauth.ErrParameterMissing},
		{form, "user=bob&user=ali;ce", "user", "", pusherauth.ErrParameters},
		{form, "a%zz%61=1&a%zza=2", "b", "", pusherauth.ErrParameters},
		{form, "a=%ff", "b", "", pusherauth.ErrParameters},
		{json, `{"a":"\ufffd\ud800"}`, "a", "", pusherauth.ErrParameters},
		{json, `{"a":1}`, "a", "", pusherauth.ErrParameters},
		{json, `[]`, "a", "", pusherauth.ErrParameters},
		{json, "\ufeff{}", "a", "", pusherauth.ErrParameters},
		{"text/plain", "a=1", "a", "", pusherauth.ErrParameters},
		{form + ", " + form, "a=1", "a", "", pusherauth.ErrParameters},
	} {
		got, err := pusherauth.RequestParameter(c.contentType, c.text, c.name)
		if got != c.want || err != c.err {
			t.Errorf("%q: got %q, %v", c.text, got, err)
		}
	}
	// This is larger than the pooled buffer.
	long := strings.Repeat("x", 100000)
	if got, err := pusherauth.RequestParameter(form, "a="+long, "a"); err != nil || got != long {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
}
