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

// Programs in README.md compile, and print the text that follows them there. All other code in it
// is a part of the example request.
func TestCodeInReadme(t *testing.T) {
	blocks := regexp.MustCompile(
		"(?ms)^```go\n(.*?)^```\n(?:\nprints [^\n]*\n\n```\n(.*?)```)?",
	).FindAllStringSubmatch(readText(t, "README.md"), -1)
	if len(blocks) < 3 {
		t.Fatalf("README.md has only %d blocks of Go", len(blocks))
	}
	var printed int
	for _, block := range blocks {
		code, output := block[1], block[2]
		if !strings.HasPrefix(code, "package main\n") {
			if !strings.Contains(readText(t, "../../examples/go/request/main.go"), code) {
				t.Errorf("not in examples/go/request/main.go:\n%s", code)
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
		t.Errorf("%d programs have their output in README.md", printed)
	}
}

// The commands in README.md work: they add the package to a new module, and the example request
// accepts the arguments.
func TestCommandsInReadme(t *testing.T) {
	blocks := regexp.MustCompile("(?ms)^```sh\n(.*?)^```\n")
	usage := readText(t, "../../examples/go/request/main.go")
	repository, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	// `go mod edit` takes no path with spaces.
	link := filepath.Join(t.TempDir(), "pusher-auth")
	if err := os.Symlink(repository, link); err != nil {
		t.Fatal(err)
	}
	module := t.TempDir()
	run := func(line string) {
		line = strings.ReplaceAll(line, "/path/to/pusher-auth", link)
		command := exec.Command("sh", "-c", line)
		command.Dir = module
		command.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=")
		if output, err := command.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", line, err, output)
		}
	}
	run("go mod init example.com/module")
	for _, block := range blocks.FindAllStringSubmatch(readText(t, "README.md"), -1) {
		for _, line := range strings.Split(strings.TrimSpace(block[1]), "\n") {
			argument := strings.TrimPrefix(line, "target/release/request-go ")
			name, _, _ := strings.Cut(argument, " ")
			if argument == line {
				run(line)
			} else if !strings.Contains(usage, `"`+name+`"`) {
				t.Errorf("the example request has no command %s", name)
			}
		}
	}
	file := filepath.Join(module, "main.go")
	if err := os.WriteFile(file, []byte(programs(t)[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	run("go vet .")
}

// programs returns the programs in README.md.
func programs(t *testing.T) (programs []string) {
	t.Helper()
	blocks := regexp.MustCompile("(?ms)^```go\n(package main\n.*?)^```\n")
	for _, block := range blocks.FindAllStringSubmatch(readText(t, "README.md"), -1) {
		programs = append(programs, block[1])
	}
	if len(programs) == 0 {
		t.Fatal("no programs")
	}
	return programs
}

// The table of README.md names everything that the package exports.
func TestReadmeNamesAllFunctions(t *testing.T) {
	table := strings.Join(
		regexp.MustCompile(`(?m)^\| .* \|$`).FindAllString(readText(t, "README.md"), -1), "\n",
	)
	packages, err := parser.ParseDir(
		token.NewFileSet(), ".",
		func(file fs.FileInfo) bool { return !strings.HasSuffix(file.Name(), "_test.go") }, 0,
	)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range packages["pusherauth"].Files {
		for _, declaration := range file.Decls {
			switch declaration := declaration.(type) {
			case *ast.FuncDecl:
				if !ofInterfaces[declaration.Name.Name] && isExported(declaration.Recv) {
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
		t.Errorf("found only %d exported names", exported)
	}
}

// ofInterfaces has the methods that implement interfaces of the standard library.
var ofInterfaces = map[string]bool{
	"ServeHTTP": true, "String": true, "GoString": true, "Error": true, "MarshalJSON": true,
}

// isExported reports whether a function's receiver, if it has one, is an exported type.
func isExported(receiver *ast.FieldList) bool {
	if receiver == nil {
		return true
	}
	kind := receiver.List[0].Type
	if pointer, ok := kind.(*ast.StarExpr); ok {
		kind = pointer.X
	}
	return token.IsExported(kind.(*ast.Ident).Name)
}

// Each exported function and method has an example.
func TestExamplesForAllFunctions(t *testing.T) {
	examples := readText(t, "example_test.go")
	for _, name := range exportedFunctions(t) {
		if !strings.Contains(examples, "func Example"+name+"(") {
			t.Errorf("%s has no example", name)
		}
	}
}

// exportedFunctions returns the names of functions, and of methods as Type_Method.
func exportedFunctions(t *testing.T) (names []string) {
	t.Helper()
	packages, err := parser.ParseDir(
		token.NewFileSet(), ".",
		func(file fs.FileInfo) bool { return !strings.HasSuffix(file.Name(), "_test.go") }, 0,
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range packages["pusherauth"].Files {
		for _, declaration := range file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok || !function.Name.IsExported() || ofInterfaces[function.Name.Name] ||
				!isExported(function.Recv) {
				continue
			}
			name := function.Name.Name
			if function.Recv != nil {
				kind := function.Recv.List[0].Type
				if pointer, ok := kind.(*ast.StarExpr); ok {
					kind = pointer.X
				}
				name = kind.(*ast.Ident).Name + "_" + name
			}
			names = append(names, name)
		}
	}
	if len(names) < 20 {
		t.Fatalf("found only %v", names)
	}
	return names
}
