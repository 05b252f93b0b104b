package pusherauth_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func readText(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Programs in README.md compile, and print what follows them there; all other code in it is a part of the program request.
func TestCodeInReadme(t *testing.T) {
	blocks := regexp.MustCompile("(?ms)^```go\n(.*?)^```\n(?:\nprints [^\n]*\n\n```\n(.*?)```)?").FindAllStringSubmatch(readText(t, "README.md"), -1)
	if len(blocks) < 3 {
		t.Fatalf("README.md has only %d blocks of Go", len(blocks))
	}
	var printed int
	for _, block := range blocks {
		code, output := block[1], block[2]
		if !strings.HasPrefix(code, "package main\n") {
			if !strings.Contains(readText(t, "request/main.go"), code) {
				t.Errorf("not in request/main.go:\n%s", code)
			}
			continue
		}
		file := filepath.Join(t.TempDir(), "main.go")
		if err := os.WriteFile(file, []byte(code), 0o600); err != nil {
			t.Fatal(err)
		}
		args := []string{"vet", file}
		if output != "" {
			args[0] = "run"
			printed++
		}
		got, err := exec.Command("go", args...).CombinedOutput()
		if err != nil || string(got) != output {
			t.Errorf("go %s: %v\n%s", args[0], err, got)
		}
	}
	if printed != 1 {
		t.Errorf("%d programs say what they print", printed)
	}
}

// README.md names everything that the package exports, in its table.
func TestReadmeNamesAllFunctions(t *testing.T) {
	table := strings.Join(regexp.MustCompile(`(?m)^\| .* \|$`).FindAllString(readText(t, "README.md"), -1), "\n")
	packages, err := parser.ParseDir(token.NewFileSet(), ".", func(file fs.FileInfo) bool { return !strings.HasSuffix(file.Name(), "_test.go") }, 0)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"ServeHTTP": true, "String": true, "GoString": true, "Error": true, "UnmarshalJSON": true} // of Go's interfaces
	var names []string
	for _, file := range packages["pusherauth"].Files {
		for _, declaration := range file.Decls {
			switch declaration := declaration.(type) {
			case *ast.FuncDecl:
				if !known[declaration.Name.Name] {
					names = append(names, declaration.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range declaration.Specs {
					if spec, ok := spec.(*ast.TypeSpec); ok {
						names = append(names, spec.Name.Name)
					}
				}
			}
		}
	}
	var exported int
	for _, name := range names {
		if !token.IsExported(name) {
			continue
		}
		exported++
		if !regexp.MustCompile("`[^`]*\\b" + name + "\\b[^`]*`").MatchString(table) {
			t.Errorf("%s is in no table of README.md", name)
		}
	}
	if exported < 20 {
		t.Errorf("found only %d", exported)
	}
}
