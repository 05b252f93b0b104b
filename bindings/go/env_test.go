package pusherauth_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

var settings = []string{"PUSHER_URL_FILE", "PUSHER_CONFIG_FILE", "PUSHER_URL", "PUSHER_CONFIG"}

func TestNewFromEnv(t *testing.T) {
	folder := t.TempDir()
	file := func(text string) string {
		f, err := os.CreateTemp(folder, "")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
		return f.Name()
	}
	config := func(key string) string { return `{"key":"` + key + `","secret":"mark"}` }
	const url = "https://by-url:mark@h/apps/1"
	for _, c := range []struct {
		env map[string]string
		key string
	}{
		{map[string]string{"PUSHER_URL": url}, "by-url"},
		{map[string]string{"PUSHER_CONFIG": config("by-config")}, "by-config"},
		{map[string]string{"PUSHER_CONFIG": url}, "by-url"},
		{map[string]string{"PUSHER_URL_FILE": file(url)}, "by-url"},
		{map[string]string{"PUSHER_URL_FILE": file(url + "\n")}, "by-url"},
		{map[string]string{"PUSHER_URL_FILE": file(url + "\r\n")}, "by-url"},
		{map[string]string{"PUSHER_CONFIG_FILE": file(config("by-file") + "\n")}, "by-file"},
		// The first variable that is not empty counts.
		{map[string]string{"PUSHER_URL": "", "PUSHER_CONFIG": config("by-config")}, "by-config"},
		{map[string]string{"PUSHER_URL": url, "PUSHER_CONFIG": "invalid"}, "by-url"},
		{map[string]string{"PUSHER_URL_FILE": file(url), "PUSHER_URL": "invalid"}, "by-url"},
		{
			map[string]string{"PUSHER_CONFIG_FILE": file(config("by-file")), "PUSHER_URL": url},
			"by-file",
		},
	} {
		for _, name := range settings {
			t.Setenv(name, c.env[name])
		}
		signer, err := pusherauth.NewFromEnv()
		if err != nil {
			t.Errorf("%v: %v", c.env, err)
			continue
		}
		response, err := signer.AuthorizeChannel("1.1", "private-a", nil)
		if err != nil || !strings.Contains(string(response), `"`+c.key+":") {
			t.Errorf("%v: got %s, %v", c.env, response, err)
		}
		signer.Close()
	}
	for _, c := range []struct {
		name, value string
		want        error
	}{
		{"PUSHER_URL", "ftp://by-url:mark@h/apps/1", pusherauth.ErrConfigInvalid},
		{"PUSHER_CONFIG", `{"key":"k","secret":"mark\n"}`, pusherauth.ErrConfigSecret},
		{"PUSHER_URL_FILE", filepath.Join(folder, "missing"), fs.ErrNotExist},
		{"PUSHER_URL_FILE", file(url + "\n\n"), pusherauth.ErrConfigInvalid},
		{"PUSHER_CONFIG_FILE", file(""), pusherauth.ErrConfigInvalid},
		{"PUSHER_CONFIG_FILE", file(`{"key":"k"}mark`), pusherauth.ErrConfigInvalid},
	} {
		for _, name := range settings {
			t.Setenv(name, "")
		}
		t.Setenv(c.name, c.value)
		signer, err := pusherauth.NewFromEnv()
		if signer != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		} else if !strings.Contains(err.Error(), c.name) || strings.Contains(err.Error(), "mark") {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
	for _, name := range settings {
		t.Setenv(name, "")
	}
	_, err := pusherauth.NewFromEnv()
	if err == nil || !strings.Contains(err.Error(), "PUSHER_URL") {
		t.Errorf("got %v", err)
	}
}

// A Config gives the same signer as the equivalent URL.
func TestConfigEqualsURL(t *testing.T) {
	at := time.Unix(1400000000, 0)
	for address, config := range map[string]pusherauth.Config{
		"https://key:s%2F@api-eu.pusher.com/apps/1": {
			AppID: "1", Key: "key", Secret: pusherauth.NewSecret("s/"), Cluster: "eu",
		},
		"http://key:s@127.0.0.1:6001/proxy/apps/1": {
			AppID: "1", Key: "key", Secret: pusherauth.NewSecret("s"),
			Host: "127.0.0.1", Port: 6001, Path: "/proxy", DisableTLS: true,
		},
	} {
		byURL, err := pusherauth.NewFromString(address)
		if err != nil {
			t.Fatal(err)
		}
		defer byURL.Close()
		want, err := byURL.RequestURL("GET", "/channels", nil, nil, at)
		if err != nil {
			t.Fatal(err)
		}
		got, err := newSigner(t, config).RequestURL("GET", "/channels", nil, nil, at)
		if err != nil || got != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
	for want, config := range map[error]pusherauth.Config{
		pusherauth.ErrEncryptionKey: {
			Key: "k", Secret: pusherauth.NewSecret("s"),
			EncryptionMasterKeyBase64: pusherauth.NewSecret("short"),
		},
		pusherauth.ErrConfigApp: {Key: "k", Secret: pusherauth.NewSecret("s"), Host: "a b"},
	} {
		if _, err := pusherauth.New(config); err != want {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}
