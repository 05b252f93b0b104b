package pusherauth_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
	"testing"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

// The codes are those of the header: cgo takes the values from there, so what is left to check is that none is missing and that each
// goes by its own name.
func TestErrorsAreThoseOfTheHeader(t *testing.T) {
	header, err := os.ReadFile("../../include/pusher_auth.h")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{} // by the name in C
	for _, code := range regexp.MustCompile(`(?m)^\s*PUSHER_ERROR_(\w+) = -\d+,`).FindAllStringSubmatch(string(header), -1) {
		name := "Err"
		for _, word := range strings.Split(code[1], "_") {
			if word != "ID" {
				word = word[:1] + strings.ToLower(word[1:])
			}
			name += word
		}
		want["PUSHER_ERROR_"+code[1]] = name
	}
	if len(want) < 15 {
		t.Fatalf("found only %d codes in the header", len(want))
	}

	source, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	ast.Inspect(source, func(node ast.Node) bool {
		if spec, ok := node.(*ast.ValueSpec); ok {
			if value, ok := spec.Values[0].(*ast.SelectorExpr); ok {
				got[value.Sel.Name] = spec.Names[0].Name
			}
		}
		return true
	})
	for code, name := range want {
		if got[code] != name {
			t.Errorf("%s is %q in Go, want %s", code, got[code], name)
		}
	}
	for code, name := range got {
		if want[code] == "" {
			t.Errorf("%s is %s, which the header does not have", name, code)
		}
	}
}

func TestErrorMessages(t *testing.T) {
	if got := pusherauth.ErrUserIDNotString.Error(); !strings.Contains(got, `{"id":"12345"}`) {
		t.Errorf("got %q", got)
	}
	if got := pusherauth.Error(-1000).Error(); got == "" {
		t.Error("a code that does not exist has no message")
	}
}
