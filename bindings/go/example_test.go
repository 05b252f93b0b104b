package pusherauth_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"time"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

// The app of Pusher's documentation. A program takes its own from the environment: NewFromEnv.
func exampleSigner() *pusherauth.Signer {
	signer, err := pusherauth.New(pusherauth.Config{
		AppID:   "3",
		Key:     "278d425bdf160c739803",
		Secret:  pusherauth.NewSecret("7ad3773142a6692b25b8"),
		Cluster: "eu",
		EncryptionMasterKeyBase64: pusherauth.NewSecret(
			"zyrm8pvV2C9fJcBfhyXzvxbJVN/H7QLmbe0xJi1GhPU="),
	})
	if err != nil {
		log.Fatal(err)
	}
	return signer
}

func ExampleNew() {
	signer, err := pusherauth.New(pusherauth.Config{
		Key:    "278d425bdf160c739803",
		Secret: pusherauth.NewSecret("7ad3773142a6692b25b8"),
	})
	if err != nil {
		log.Fatal(err)
	}
	defer signer.Close()
}

func ExampleNewFromString() {
	for _, config := range []string{
		"https://278d425bdf160c739803:7ad3773142a6692b25b8@api-eu.pusher.com/apps/3",
		`{"appId":"3","key":"278d425bdf160c739803","secret":"7ad3773142a6692b25b8","cluster":"eu"}`,
	} {
		signer, err := pusherauth.NewFromString(config)
		if err != nil {
			log.Fatal(err)
		}
		defer signer.Close()
	}
}

func ExampleNewFromEnv() {
	os.Setenv(
		"PUSHER_URL", "https://278d425bdf160c739803:7ad3773142a6692b25b8@api-eu.pusher.com/apps/3",
	)
	defer os.Unsetenv("PUSHER_URL")

	signer, err := pusherauth.NewFromEnv()
	if err != nil {
		log.Fatal(err)
	}
	defer signer.Close()
}

func ExampleNewSecret() {
	config := pusherauth.Config{Key: "key", Secret: pusherauth.NewSecret("7ad3773142a6692b25b8")}
	fmt.Println(config.Secret)
	// Output: [secret]
}

func ExampleSigner_AuthenticateUser() {
	signer := exampleSigner()
	defer signer.Close()

	response, err := signer.AuthenticateUser("1234.1234", pusherauth.UserData{ID: "12345"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", response)
	// Output: {"auth":"278d425bdf160c739803:4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba","user_data":"{\"id\":\"12345\"}"}
}

func ExampleSigner_AuthorizeChannel() {
	signer := exampleSigner()
	defer signer.Close()

	response, err := signer.AuthorizeChannel("1234.1234", "private-foobar", nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", response)
	// Output: {"auth":"278d425bdf160c739803:58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4"}
}

func ExampleSigner_AuthorizeChannel_presence() {
	signer := exampleSigner()
	defer signer.Close()

	response, err := signer.AuthorizeChannel("1234.1234", "presence-foobar", pusherauth.MemberData{
		UserID:   "10",
		UserInfo: map[string]string{"name": "Mr. Channels"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", response)
	// Output: {"auth":"278d425bdf160c739803:4c6d8fc42a207ba96a0779844171b0bb819d96ffceef9609f5cce596ab17a800","channel_data":"{\"user_id\":\"10\",\"user_info\":{\"name\":\"Mr. Channels\"}}"}
}

func ExampleSigner_RequestURL() {
	signer := exampleSigner()
	defer signer.Close()

	query := url.Values{"filter_by_prefix": {"presence-"}, "info": {"user_count"}}
	address, err := signer.RequestURL("GET", "/channels", query, nil, time.Now())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.SplitN(address, "?", 2)[0])
	// Output: https://api-eu.pusher.com/apps/3/channels
}

func ExampleSigner_TriggerBody() {
	signer := exampleSigner()
	defer signer.Close()

	body, err := signer.TriggerBody("project-3", "foo", map[string]string{"some": "data"}, "")
	if err != nil {
		log.Fatal(err)
	}
	address, err := signer.RequestURL("POST", "/events", nil, body, time.Now())
	if err != nil {
		log.Fatal(err)
	}
	_ = address // http.Post(address, "application/json", bytes.NewReader(body))
	fmt.Printf("%s\n", body)
	// Output: {"name":"foo","data":"{\"some\":\"data\"}","channel":"project-3"}
}

func ExampleSigner_SendToUserBody() {
	signer := exampleSigner()
	defer signer.Close()

	body, err := signer.SendToUserBody("alice", "news", map[string]int{"unread": 3})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", body) // for POST /events
	// Output: {"name":"news","data":"{\"unread\":3}","channel":"#server-to-user-alice"}
}

func ExampleSigner_TriggerMultiBody() {
	signer := exampleSigner()
	defer signer.Close()

	body, err := signer.TriggerMultiBody([]string{"room-1", "room-2"}, "closed", "{}", "1234.1234")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", body) // for POST /events
	// Output: {"name":"closed","channels":["room-1","room-2"],"data":"{}","socket_id":"1234.1234"}
}

func ExampleSigner_TriggerBatchBody() {
	signer := exampleSigner()
	defer signer.Close()

	body, err := signer.TriggerBatchBody([]pusherauth.Event{
		{Channel: "room-1", Name: "closed", Data: "{}"},
		{Channel: "room-2", Name: "moved", Data: map[string]string{"to": "room-3"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", body) // for POST /batch_events
	// Output: {"batch":[{"channel":"room-1","name":"closed","data":"{}"},{"channel":"room-2","name":"moved","data":"{\"to\":\"room-3\"}"}]}
}

func ExampleSigner_EventsBody() {
	signer := exampleSigner()
	defer signer.Close()

	body, err := signer.EventsBody(
		`{"name":"closed","channels":["room-1"],"data":{"by":"bob"},"info":"user_count"}`,
	)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", body) // for POST /events
	// Output: {"name":"closed","channels":["room-1"],"data":"{\"by\":\"bob\"}","info":"user_count"}
}

func ExampleSigner_TerminateUserConnectionsURL() {
	signer := exampleSigner()
	defer signer.Close()

	address, err := signer.TerminateUserConnectionsURL("alice", time.Now())
	if err != nil {
		log.Fatal(err)
	}
	// http.Post(address, "application/json", strings.NewReader("{}"))
	fmt.Println(strings.SplitN(address, "?", 2)[0])
	// Output: https://api-eu.pusher.com/apps/3/users/alice/terminate_connections
}

func ExampleSigner_Encrypt() {
	signer := exampleSigner()
	defer signer.Close()

	encrypted, err := signer.Encrypt("private-encrypted-bla", []byte("Hello!"))
	if err != nil {
		log.Fatal(err)
	}
	data, err := signer.Decrypt("private-encrypted-bla", encrypted)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", data)
	// Output: Hello!
}

func ExampleSigner_Decrypt() {
	signer := exampleSigner()
	defer signer.Close()

	data, err := signer.Decrypt("private-encrypted-bla",
		[]byte(`{"nonce":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYX","ciphertext":"W+mXVfti6CbgLeJQq+SAeTJldi2bCg=="}`))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", data)
	// Output: Hello!
}

func ExampleSigner_VerifyWebhook() {
	signer := exampleSigner()
	defer signer.Close()

	body := []byte(
		`{"time_ms":1327078148132,"events":[{"name":"channel_occupied","channel":"test_channel"}]}`,
	)
	err := signer.VerifyWebhook("278d425bdf160c739803", "forged", body)
	fmt.Println(err == pusherauth.ErrWebhookSignature)
	// Output: true
}

func ExampleReceiveWebhook() {
	signer := exampleSigner()
	defer signer.Close()

	http.HandleFunc("/pusher/webhook", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 256<<10))
		if err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
			return
		}
		webhook, err := pusherauth.ReceiveWebhook(r.Header, body, 10*time.Minute, signer)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		for _, event := range webhook.Events {
			log.Print(event.Name, " ", event.Channel)
		}
	})
}

func ExampleSigner_Close() {
	signer := exampleSigner()
	signer.Close()

	_, err := signer.AuthenticateUser("1234.1234", pusherauth.UserData{ID: "12345"})
	fmt.Println(err)
	// Output: the signer is closed
}

func ExampleError() {
	signer := exampleSigner()
	defer signer.Close()

	_, err := signer.AuthenticateUser("1234.1234", map[string]any{"id": 12345})
	fmt.Println(errors.Is(err, pusherauth.ErrUserIDNotString))

	var code pusherauth.Error
	if errors.As(err, &code) {
		fmt.Println(int(code), code.Name())
	}
	// Output:
	// true
	// -9 PUSHER_ERROR_USER_ID_NOT_STRING
}

func ExampleError_Name() {
	fmt.Println(pusherauth.ErrSocketID.Name())
	// Output: PUSHER_ERROR_SOCKET_ID
}

func ExampleRequestParameter() {
	socketID, err := pusherauth.RequestParameter(
		"application/x-www-form-urlencoded", "socket_id=1234.1234&channel_name=private-foobar", "socket_id")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(socketID)

	_, err = pusherauth.RequestParameter(
		"application/json", `{"socket_id":"1.1","socket_id":"2.2"}`, "socket_id",
	)
	fmt.Println(err == pusherauth.ErrParameters)
	// Output:
	// 1234.1234
	// true
}

func ExampleJSONP() {
	script, err := pusherauth.JSONP(
		"Pusher.auth_callbacks['1']", []byte(`{"auth":"…","user_data":"…"}`),
	)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", script)
	// Output: /**/Pusher.auth_callbacks['1']({"auth":"…","user_data":"…"});
}

func ExampleVersion() {
	fmt.Println(strings.Split(pusherauth.Version(), ".")[0])
	// Output: 1
}

// visitor and csrfToken are placeholders for the application's sessions.
func visitor(r *http.Request) (string, error) { return "", nil }
func csrfToken(r *http.Request) string        { return "" }

func ExampleNewUserAuthHandler() {
	signer := exampleSigner()
	handler, err := pusherauth.NewUserAuthHandler(pusherauth.UserAuthHandler{
		Signer: signer,
		User: func(r *http.Request) (any, error) {
			name, err := visitor(r)
			if err != nil || name == "" {
				return nil, err
			}
			return pusherauth.UserData{ID: name}, nil
		},
		CSRFToken:      csrfToken,
		AllowedOrigins: []string{"https://app.example.com"},
	})
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/pusher/user-auth", handler)
}

func ExampleNewChannelAuthHandler() {
	signer := exampleSigner()
	handler, err := pusherauth.NewChannelAuthHandler(pusherauth.ChannelAuthHandler{
		Signer: signer,
		User: func(r *http.Request) (any, error) {
			name, err := visitor(r)
			if err != nil || name == "" {
				return nil, err
			}
			return name, nil
		},
		CSRFToken: csrfToken,
		Authorize: func(_ *http.Request, user any, channel string) (any, bool, error) {
			switch channel {
			case "private-user-" + user.(string):
				return nil, true, nil
			case "presence-lobby":
				return pusherauth.MemberData{UserID: user.(string)}, true, nil
			}
			return nil, false, nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/pusher/auth", handler)
}

func ExampleNewWebhookHandler() {
	signer := exampleSigner()
	handler, err := pusherauth.NewWebhookHandler(pusherauth.WebhookHandler{
		Signers: []*pusherauth.Signer{signer},
		MaxAge:  10 * time.Minute,
		Handle: func(_ *http.Request, webhook *pusherauth.Webhook) error {
			for _, event := range webhook.Events {
				log.Print(event.Name, " ", event.Channel)
			}
			return nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/pusher/webhooks", handler)
}

func ExampleLogRejections() {
	handler := pusherauth.LogRejections(http.NotFoundHandler(), log.New(os.Stdout, "", 0))
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/x?token=secret", nil))
	// Output: pusherauth: rejected GET "/x": 404 404 page not found
}
