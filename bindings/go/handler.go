//go:build cgo

package pusherauth

import (
	"crypto/subtle"
	"log"
	"net/http"
	"reflect"
)

// maxParameters limits a request's body, in bytes. pusher-js sends about 30, or 100 for a channel.
const maxParameters = 8192

// UserAuthHandler is the endpoint that pusher-js calls for pusher.signin(): its option
// userAuthentication.endpoint. Signer, User and CSRFToken are required. If the other fields are
// zero, only pages of the same origin can use it, by POST.
//
// The handler responds to
//   - POST with a form, as pusher-js sends it, or with a JSON object, of at most 8 KB;
//   - GET with a callback (JSONP), if JSONP is set;
//   - OPTIONS, the preflight of browsers for pages of other origins.
//
// The response is the signature (200) or the reason in plain text (400, 403, 405, 413). The
// request's parameters are socket_id, csrf_token and callback. Others are ignored, but duplicate
// names are rejected.
//
// The application provides the login, its sessions, rate limits and the timeouts of [http.Server].
type UserAuthHandler struct {
	// Signer signs the response.
	Signer *Signer

	// User returns the user of the request's session, as [Signer.AuthenticateUser] takes it. If
	// nobody is logged in, it returns nil, a nil pointer or a nil map, and the response is 403.
	// Never take the user from the request's parameters: the visitor chooses those. An error is
	// logged, and the response is 500.
	User func(r *http.Request) (user any, err error)

	// CSRFToken returns the token that belongs to the request's session, which the page got at
	// login. The page sends it in the header X-CSRF-Token or the parameter csrf_token (pusher-js:
	// headers, params). The handler compares both in constant time. It calls CSRFToken only if
	// there is a user. If the token is "", the request is rejected.
	CSRFToken func(r *http.Request) string

	// CSRFExempt reports whether the request needs no CSRF token, because its session comes from a
	// header that browsers do not send by themselves, such as Authorization. If it is nil, no
	// request is exempt.
	CSRFExempt func(r *http.Request) bool

	// AllowedOrigins lists other origins whose pages can send requests with the visitor's cookies,
	// each as browsers write it: "https://app.example.com". There are no wildcards.
	AllowedOrigins []string

	// JSONP allows GET, for pages that use pusher-js's transport "jsonp". Their CSRF token is in
	// the URL, which logs often contain.
	JSONP bool

	// ErrorLog logs the reasons of responses with status 500. If it is nil, [log.Default] is used.
	ErrorLog *log.Logger
}

// NewUserAuthHandler returns h, or an error that names a required field that is missing. A handler
// that is made without this function logs the missing field at each request.
func NewUserAuthHandler(h UserAuthHandler) (*UserAuthHandler, error) {
	if err := h.endpoint().check(); err != nil {
		return nil, err
	}
	return &h, nil
}

// ServeHTTP implements [http.Handler].
func (h *UserAuthHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.endpoint().serve(w, r)
}

func (h *UserAuthHandler) endpoint() *endpoint {
	return &endpoint{
		name: "UserAuthHandler", signer: h.Signer, user: h.User,
		csrfToken: h.CSRFToken, csrfExempt: h.CSRFExempt,
		origins: h.AllowedOrigins, jsonp: h.JSONP, errorLog: h.ErrorLog,
		respond: func(_ *http.Request, user any, params parameters) ([]byte, error) {
			socketID, err := params.get("socket_id")
			if err != nil {
				return nil, err
			}
			response, err := h.Signer.AuthenticateUser(socketID, user)
			if err == ErrSocketID { // a wrapped one is the application's error
				err = rejection{http.StatusForbidden, err.Error()}
			}
			return response, err
		},
	}
}

// ChannelAuthHandler is the endpoint that pusher-js calls when a page subscribes to a private,
// presence or encrypted channel: its option channelAuthorization.endpoint. Signer, User, CSRFToken and
// Authorize are required.
//
// It responds to the requests that [UserAuthHandler] describes, which have the additional parameter
// channel_name. Fields of the same name have the same meaning.
type ChannelAuthHandler struct {
	Signer     *Signer
	User       func(r *http.Request) (user any, err error)
	CSRFToken  func(r *http.Request) string
	CSRFExempt func(r *http.Request) bool

	// Authorize reports whether user, the value that User returned, may subscribe to channel. The
	// visitor chose this name, and it can be malformed. For a presence channel, member describes
	// the user to the other members, as [Signer.AuthorizeChannel] takes it, or is nil if the
	// connection has signed in. For other channels it is nil. An error is logged, and the response
	// is 500.
	Authorize func(r *http.Request, user any, channel string) (member any, ok bool, err error)

	AllowedOrigins []string
	JSONP          bool
	ErrorLog       *log.Logger
}

// NewChannelAuthHandler returns h, or an error that names a required field that is missing, like
// [NewUserAuthHandler].
func NewChannelAuthHandler(h ChannelAuthHandler) (*ChannelAuthHandler, error) {
	if err := h.endpoint().check(); err != nil {
		return nil, err
	}
	return &h, nil
}

// ServeHTTP implements [http.Handler].
func (h *ChannelAuthHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.endpoint().serve(w, r)
}

func (h *ChannelAuthHandler) endpoint() *endpoint {
	e := &endpoint{
		name: "ChannelAuthHandler", signer: h.Signer, user: h.User,
		csrfToken: h.CSRFToken, csrfExempt: h.CSRFExempt,
		origins: h.AllowedOrigins, jsonp: h.JSONP, errorLog: h.ErrorLog,
		respond: func(r *http.Request, user any, params parameters) ([]byte, error) {
			socketID, err := params.get("socket_id")
			if err != nil {
				return nil, err
			}
			channel, err := params.get("channel_name")
			if err != nil {
				return nil, err
			}
			member, ok, err := h.Authorize(r, user, channel)
			if err != nil {
				return nil, err
			}
			if !ok {
				return nil, errNotAllowed
			}
			response, err := h.Signer.AuthorizeChannel(socketID, channel, member)
			switch err {
			case ErrSocketID:
				err = rejection{http.StatusForbidden, err.Error()}
			case ErrChannel:
				err = errNotAllowed
			}
			return response, err
		},
	}
	if h.Authorize == nil {
		e.respond = nil
	}
	return e
}

// errNotAllowed is the only reason for rejected channels: different ones would reveal which
// channels exist.
var errNotAllowed = rejection{http.StatusForbidden, "not allowed"}

// endpoint has what both handlers share.
type endpoint struct {
	name       string
	signer     *Signer
	user       func(r *http.Request) (any, error)
	csrfToken  func(r *http.Request) string
	csrfExempt func(r *http.Request) bool
	origins    []string
	jsonp      bool
	errorLog   *log.Logger
	respond    func(r *http.Request, user any, params parameters) ([]byte, error)
}

func (e *endpoint) check() error {
	return missingField(e.name,
		field{"Signer", e.signer != nil}, field{"User", e.user != nil},
		field{"CSRFToken", e.csrfToken != nil}, field{"Authorize", e.respond != nil})
}

func (e *endpoint) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	if header.Get("Vary") != "Origin" {
		header.Add("Vary", "Origin")
	}
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	origin := singleHeader(r.Header, "Origin")
	allowed := e.allows(origin)
	if allowed { // also for rejections: without these headers, the page does not see the status
		header.Set("Access-Control-Allow-Origin", origin)
		header.Set("Access-Control-Allow-Credentials", "true")
	}
	methods := "POST"
	if e.jsonp {
		methods = "GET, POST"
	}

	switch {
	case r.Method == http.MethodPost, r.Method == http.MethodGet && e.jsonp:
		response, err := e.response(w, r)
		if err != nil {
			writeError(w, err, e.errorLog)
			return
		}
		header.Set("Content-Type", "application/json")
		if r.Method == http.MethodGet { // without a charset, browsers use that of the page
			header.Set("Content-Type", "application/javascript; charset=utf-8")
		}
		w.Write(response)
	case r.Method == http.MethodOptions && allowed:
		header.Set("Access-Control-Allow-Methods", methods)
		header.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-CSRF-Token")
		header.Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodOptions:
		http.Error(w, "origin not allowed", http.StatusForbidden)
	default:
		methodNotAllowed(w, methods+", OPTIONS")
	}
}

func (e *endpoint) allows(origin string) bool {
	for _, allowed := range e.origins {
		if origin == allowed && origin != "" {
			return true
		}
	}
	return false
}

// isNil reports whether value is nil, or a nil pointer or map in the interface.
func isNil(value any) bool {
	v := reflect.ValueOf(value)
	isNillable := v.Kind() == reflect.Pointer || v.Kind() == reflect.Map
	return value == nil || isNillable && v.IsNil()
}

// response returns the response's body. If the request has several faults, the first check that
// fails is reported.
func (e *endpoint) response(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	body, err := readBody(w, r, maxParameters)
	if err != nil {
		return nil, err
	}
	user, err := e.user(r)
	if err != nil {
		return nil, err
	}
	if isNil(user) {
		return nil, rejection{http.StatusForbidden, "not signed in"}
	}
	params, err := newParameters(r, body)
	if err != nil {
		return nil, err
	}
	if err := e.checkCSRF(r, params); err != nil {
		return nil, err
	}
	if r.Method == http.MethodPost {
		return e.respond(r, user, params)
	}
	callback, err := params.get("callback")
	if err != nil {
		return nil, err
	}
	response, err := e.respond(r, user, params)
	if err != nil {
		return nil, err
	}
	script, err := JSONP(callback, response)
	if err == ErrCallback {
		err = rejection{http.StatusForbidden, err.Error()}
	}
	return script, err
}

func (e *endpoint) checkCSRF(r *http.Request, params parameters) error {
	if e.csrfExempt != nil && e.csrfExempt(r) {
		return nil
	}
	presented := singleHeader(r.Header, "X-Csrf-Token")
	if r.Header["X-Csrf-Token"] == nil {
		var err error
		if presented, err = params.get("csrf_token"); err != nil {
			return err
		}
	}
	token := e.csrfToken(r)
	if token == "" || subtle.ConstantTimeCompare([]byte(presented), []byte(token)) != 1 {
		return rejection{http.StatusForbidden, "missing or wrong CSRF token"}
	}
	return nil
}

// parameters are the arguments of [RequestParameter] for a request.
type parameters struct{ contentType, text string }

var (
	errMalformed = rejection{http.StatusBadRequest, ErrParameters.Error()}
	errMissing   = rejection{http.StatusBadRequest, ErrParameterMissing.Error()}
)

// newParameters returns the parameters in a GET request's query or a POST request's body. An error
// is a [rejection].
func newParameters(r *http.Request, body []byte) (parameters, error) {
	if r.Method == http.MethodGet {
		params := parameters{"", r.URL.RawQuery}
		return params, params.check()
	}
	params := parameters{singleHeader(r.Header, "Content-Type"), string(body)}
	if params.contentType == "" { // RequestParameter would read the body as a query
		return params, errMalformed
	}
	if len(body) == 0 && len(r.PostForm) > 0 { // middleware has parsed it
		params.text = r.PostForm.Encode()
	}
	return params, params.check()
}

// check returns an error if the parameters are malformed.
func (p parameters) check() error {
	if _, err := p.get("socket_id"); err != nil && err != errMissing {
		return err
	}
	return nil
}

// get returns a parameter. An error is a rejection.
func (p parameters) get(name string) (string, error) {
	value, err := RequestParameter(p.contentType, p.text, name)
	switch err {
	case ErrParameters:
		err = errMalformed
	case ErrParameterMissing:
		err = errMissing
	}
	return value, err
}
