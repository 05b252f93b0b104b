package pusherauth_test

import (
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

// The app of Pusher's documentation. Yours comes from the environment.
var exampleConfig = pusherauth.Config{Key: "278d425bdf160c739803", Secret: pusherauth.NewSecret("7ad3773142a6692b25b8")}

func ExampleSigner_AuthenticateUser() {
	signer, err := pusherauth.New(exampleConfig)
	if err != nil {
		log.Fatal(err)
	}
	defer signer.Close()

	type user struct {
		ID        string            `json:"id"`
		UserInfo  map[string]string `json:"user_info,omitempty"`
		Watchlist []string          `json:"watchlist,omitempty"`
	}
	response, err := signer.AuthenticateUser("1234.1234", user{ID: "12345"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", response)
	// Output: {"auth":"278d425bdf160c739803:4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba","user_data":"{\"id\":\"12345\"}"}
}

func ExampleSigner_AuthenticateUserJSON() {
	signer, err := pusherauth.New(exampleConfig)
	if err != nil {
		log.Fatal(err)
	}
	defer signer.Close()

	response, err := signer.AuthenticateUserJSON("1234.1234", []byte(`{"id":"12345"}`))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", response)
	// Output: {"auth":"278d425bdf160c739803:4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba","user_data":"{\"id\":\"12345\"}"}
}

func ExampleError() {
	signer, err := pusherauth.New(exampleConfig)
	if err != nil {
		log.Fatal(err)
	}
	defer signer.Close()

	_, err = signer.AuthenticateUser("1234.1234", map[string]any{"id": 12345})
	fmt.Println(errors.Is(err, pusherauth.ErrUserIDNotString))

	var code pusherauth.Error
	if errors.As(err, &code) {
		fmt.Println(int(code))
	}
	// Output:
	// true
	// -9
}

func ExampleJSONP() {
	script, err := pusherauth.JSONP("Pusher.auth_callbacks['1']", []byte(`{"auth":"…","user_data":"…"}`))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", script)
	// Output: /**/Pusher.auth_callbacks['1']({"auth":"…","user_data":"…"});
}

func ExampleUserAuthHandler() {
	signer, err := pusherauth.New(pusherauth.Config{Key: os.Getenv("PUSHER_KEY"), Secret: pusherauth.NewSecret(os.Getenv("PUSHER_SECRET"))})
	if err != nil {
		log.Fatal(err)
	}
	defer signer.Close()

	http.Handle("/pusher/user-auth", &pusherauth.UserAuthHandler{
		Signer: signer,
		User: func(r *http.Request) (any, error) {
			name, err := visitor(r)
			if err != nil || name == "" {
				return nil, err
			}
			return map[string]any{"id": name, "user_info": map[string]string{"name": name}}, nil
		},
		CSRFToken:      csrfToken,
		AllowedOrigins: []string{"https://app.example.com"},
	})
	server := &http.Server{Addr: "127.0.0.1:8000", ReadTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}

// visitor and csrfToken stand for the application's sessions.
func visitor(r *http.Request) (string, error) { return "", nil }
func csrfToken(r *http.Request) string        { return "" }
