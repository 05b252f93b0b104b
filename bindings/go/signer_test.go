package pusherauth_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

// The app of the worked example in Pusher's documentation.
var config = pusherauth.Config{Key: "278d425bdf160c739803", Secret: pusherauth.NewSecret(secret)}

const secret = "7ad3773142a6692b25b8"

const (
	documentedUser     = `{"id":"12345"}`
	documentedResponse = `{"auth":"278d425bdf160c739803:4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba","user_data":"{\"id\":\"12345\"}"}`
)

func newSigner(t testing.TB, config pusherauth.Config) *pusherauth.Signer {
	t.Helper()
	signer, err := pusherauth.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { signer.Close() })
	return signer
}

// signature returns the member "auth" of a user's response, computed by crypto/hmac.
func signature(secret, key, socketID, userJSON string) string {
	return key + ":" + hmacHex(secret, socketID+"::user::"+userJSON)
}

func hmacHex(secret, text string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

type response struct {
	Auth     string `json:"auth"`
	UserData string `json:"user_data"`
}

func parse(t testing.TB, body []byte) response {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	var r response
	if err := decoder.Decode(&r); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return r
}

func TestUserErrors(t *testing.T) {
	signer := newSigner(t, config)
	for userJSON, want := range map[string]error{
		`[]`:                  pusherauth.ErrUserInvalid,
		`{"name":"a"}`:        pusherauth.ErrUserIDMissing,
		`{"id":12345}`:        pusherauth.ErrUserIDNotString,
		`{"id":""}`:           pusherauth.ErrUserIDEmpty,
		`{"id":"a","id":"a"}`: pusherauth.ErrUserDuplicateMember,
	} {
		if _, err := signer.AuthenticateUser("1.1", []byte(userJSON)); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", userJSON, err, want)
		}
	}
	_, err := signer.AuthenticateUser("1.1", []byte(nil))
	if !errors.Is(err, pusherauth.ErrUserInvalid) {
		t.Errorf("nil: %v", err)
	}
}

func TestUserJSONIsSignedVerbatim(t *testing.T) {
	signer := newSigner(t, config)
	for _, userJSON := range []string{
		"{ \"z\" : 1.0,\r\n\t\"id\":\"\\u0061\" }",
		`{"id":"a","n":12345678901234567890123456789}`,
		`{"id":"<&>","s":"\u2028 🌍 \ud83c\udf0d"}`,
		strings.Repeat("\n", 100000) + `{"id":"\\\"\\\""}`, // every byte is escaped
	} {
		body, err := signer.AuthenticateUser("1234.5678", []byte(userJSON))
		if err != nil {
			t.Fatalf("%.80q: %v", userJSON, err)
		}
		got := parse(t, body)
		if got.UserData != userJSON ||
			got.Auth != signature(secret, config.Key, "1234.5678", userJSON) {
			t.Errorf("got %+v", got)
		}
	}
}

func TestAuthenticateUserEncodesAsJSON(t *testing.T) {
	type user struct {
		ID       string            `json:"id"`
		UserInfo map[string]string `json:"user_info"`
	}
	body, err := newSigner(t, config).AuthenticateUser(
		"1.2", user{"<a>", map[string]string{"name": "Müller & 🌍"}},
	)
	if err != nil {
		t.Fatal(err)
	}
	got := parse(t, body)
	want := `{"id":"\u003ca\u003e","user_info":{"name":"Müller \u0026 🌍"}}`
	if got.UserData != want {
		t.Errorf("got %s, want %s", got.UserData, want)
	}
	if want := signature(secret, config.Key, "1.2", got.UserData); got.Auth != want {
		t.Errorf("got %s, want %s", got.Auth, want)
	}
}

func TestAuthenticateUserRejects(t *testing.T) {
	signer := newSigner(t, config)
	var unsupported *json.UnsupportedTypeError
	_, err := signer.AuthenticateUser("1.1", map[string]any{"id": func() {}})
	if !errors.As(err, &unsupported) {
		t.Errorf("a function: %v", err)
	}
	if _, err := signer.AuthenticateUser("1.1", nil); !errors.Is(err, pusherauth.ErrUserInvalid) {
		t.Errorf("nil: %v", err)
	}
	if _, err := signer.AuthenticateUser("1.1", map[string]any{"id": 7}); !errors.Is(err, pusherauth.ErrUserIDNotString) {
		t.Errorf("number: %v", err)
	}
	for _, user := range []any{
		pusherauth.UserData{ID: "\xff"}, &pusherauth.UserData{ID: "\xff"},
	} {
		_, err := signer.AuthenticateUser("1.1", user)
		if !errors.Is(err, pusherauth.ErrUserInvalid) {
			t.Errorf("invalid UTF-8: %v", err)
		}
	}
	if _, err := signer.AuthenticateUser("1.1\n", map[string]any{"id": "7"}); !errors.Is(err, pusherauth.ErrSocketID) {
		t.Errorf("socket id: %v", err)
	}
}

func TestConfigErrors(t *testing.T) {
	for _, c := range []struct {
		config pusherauth.Config
		want   error
	}{
		{pusherauth.Config{Secret: pusherauth.NewSecret("s")}, pusherauth.ErrConfigKey},
		{pusherauth.Config{Key: "a:b", Secret: pusherauth.NewSecret("s")}, pusherauth.ErrConfigKey},
		{
			pusherauth.Config{Key: "a\x00", Secret: pusherauth.NewSecret("s")},
			pusherauth.ErrConfigKey,
		},
		{pusherauth.Config{Key: "k"}, pusherauth.ErrConfigSecret},
		{
			pusherauth.Config{Key: "k", Secret: pusherauth.NewSecret("\xff")},
			pusherauth.ErrConfigSecret,
		},
		{
			pusherauth.Config{Key: "k", Secret: pusherauth.NewSecret("s\n")},
			pusherauth.ErrConfigSecret,
		},
	} {
		if signer, err := pusherauth.New(c.config); signer != nil || !errors.Is(err, c.want) {
			t.Errorf("got %v, want %v", err, c.want)
		}
	}
	for text, want := range map[string]error{
		"":                                    pusherauth.ErrConfigInvalid,
		`[]`:                                  pusherauth.ErrConfigInvalid,
		`{"key":"k","key":"k","secret":"s"}`:  pusherauth.ErrConfigInvalid,
		`{"key":"k","secret":"s"}` + "\x00 ":  pusherauth.ErrConfigInvalid,
		`{"key":"k","secret":"s","useTLS":1}`: pusherauth.ErrConfigInvalid,
		`{"secret":"s"}`:                      pusherauth.ErrConfigKey,
		`{"key":"k"}`:                         pusherauth.ErrConfigSecret,
	} {
		if signer, err := pusherauth.NewFromString(text); signer != nil || !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", text, err, want)
		}
	}
}

// The library receives every secret unchanged.
func TestSecretsWithSpecialCharacters(t *testing.T) {
	for _, secret := range []string{"a\x00b", `"\<&>`, "ü\u2028🌍", strings.Repeat("long", 100)} {
		c := pusherauth.Config{
			AppID: "1", Key: "k", Secret: pusherauth.NewSecret(secret), Cluster: "eu",
		}
		body, err := newSigner(t, c).AuthenticateUser("1.1", []byte(documentedUser))
		if err != nil {
			t.Errorf("%q: %v", secret, err)
			continue
		}
		got, want := parse(t, body).Auth, signature(secret, c.Key, "1.1", documentedUser)
		if got != want {
			t.Errorf("%q: got %s, want %s", secret, got, want)
		}
	}
}

func TestConfigIsPrintedWithoutTheSecret(t *testing.T) {
	config := config
	config.EncryptionMasterKeyBase64 = pusherauth.NewSecret(secret)
	unexported := struct{ config pusherauth.Config }{config}
	for _, value := range []any{
		config, &config, []pusherauth.Config{config}, unexported, &unexported, config.Secret,
		&config.Secret,
	} {
		texts := []string{}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			texts = append(texts, fmt.Sprintf(verb, value))
		}
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range append(texts, string(encoded)) {
			if strings.Contains(text, secret) ||
				strings.Contains(text, hex.EncodeToString([]byte(secret))) {
				t.Error(text)
			}
		}
	}
}

func TestJSONP(t *testing.T) {
	for callback, response := range map[string]string{
		"Pusher.auth_callbacks['1']": documentedResponse,
		`a["b"][0]`:                  `{}`,
	} {
		script, err := pusherauth.JSONP(callback, []byte(response))
		if want := "/**/" + callback + "(" + response + ");"; err != nil || string(script) != want {
			t.Errorf("got %s, %v, want %s", script, err, want)
		}
	}

	separators := `{"a":"` + strings.Repeat("\u2028\u2029", 1000) + `"}`
	script, err := pusherauth.JSONP("f", []byte(separators))
	want := `/**/f({"a":"` + strings.Repeat(`\u2028\u2029`, 1000) + `"});`
	if err != nil || string(script) != want {
		t.Errorf("separators: got %.80s, %v", script, err)
	}

	for _, callback := range []string{
		"", "alert(1)", "a.", "a b", "a\x00", "a\x00.b", "ä", strings.Repeat("a", 129),
	} {
		script, err := pusherauth.JSONP(callback, []byte(`{}`))
		if script != nil || !errors.Is(err, pusherauth.ErrCallback) {
			t.Errorf("callback %q: got %s, %v", callback, script, err)
		}
	}
	for _, response := range []string{"", "[]", "{}\x00", "{} {}", "{\"a\":\"\xff\"}"} {
		script, err := pusherauth.JSONP("f", []byte(response))
		if script != nil || !errors.Is(err, pusherauth.ErrResponseInvalid) {
			t.Errorf("response %q: got %s, %v", response, script, err)
		}
	}
}

func TestClose(t *testing.T) {
	signer := newSigner(t, config)
	for i := 0; i < 3; i++ {
		if err := signer.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		body, err := signer.AuthenticateUser("1.1", []byte(documentedUser))
		if body != nil || !errors.Is(err, pusherauth.ErrClosed) {
			t.Errorf("got %s, %v", body, err)
		}
	}

	var zero pusherauth.Signer
	_, err := zero.AuthenticateUser("1.1", map[string]string{"id": "1"})
	if !errors.Is(err, pusherauth.ErrClosed) {
		t.Errorf("the zero Signer: %v", err)
	}
	zero.Close()
}

// Every response is correct until the signer is closed. After that, calls return ErrClosed.
func TestConcurrentUseAndClose(t *testing.T) {
	const goroutines = 16
	signer := newSigner(t, config)
	var done, started sync.WaitGroup
	started.Add(goroutines)
	for i := 0; i < goroutines; i++ {
		done.Add(1)
		go func(i int) {
			defer done.Done()
			user := fmt.Sprintf(`{"id":"%d"}`, i)
			for n := 0; ; n++ {
				socketID := fmt.Sprintf("%d.%d", i, n)
				body, err := signer.AuthenticateUser(socketID, []byte(user))
				if n == 0 {
					started.Done()
				}
				if errors.Is(err, pusherauth.ErrClosed) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				got := parse(t, body)
				if got.Auth != signature(secret, config.Key, socketID, user) ||
					got.UserData != user {
					t.Errorf("%s: got %+v", socketID, got)
					return
				}
			}
		}(i)
	}
	started.Wait()
	for i := 0; i < 2; i++ {
		done.Add(1)
		go func() {
			defer done.Done()
			signer.Close()
		}()
	}
	done.Wait()
}

func TestBuildWithoutCgoNamesTheRemedy(t *testing.T) {
	build := exec.Command("go", "build", ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	output, err := build.CombinedOutput()
	if err == nil || !strings.Contains(string(output), "pusherauth needs cgo: set CGO_ENABLED=1") ||
		strings.Contains(string(output), "undefined") {
		t.Errorf("%v: %s", err, output)
	}
}

func BenchmarkAuthenticateUser(b *testing.B) {
	signer := newSigner(b, config)
	const head, tail = `{"id":"12345","user_info":{"name":"`, `"}}`
	for _, size := range []int{len(documentedUser), 158, 1024} {
		text := documentedUser
		if size > len(text) {
			text = head + strings.Repeat("x", size-len(head)-len(tail)) + tail
		}
		b.Run(fmt.Sprintf("%dB", size), func(b *testing.B) {
			b.ReportAllocs()
			var user any = text
			for i := 0; i < b.N; i++ {
				if _, err := signer.AuthenticateUser("1234.1234", user); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
