# Writes the manual page pusher_auth(3) from the header, which says all that is in it:
# awk -v version=0.2.0 -v date=2026-11-24 -f man.awk include/pusher_auth.h

function escape(text) {
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  gsub(/'/, "\\(aq", text)
  gsub(/`/, "\\(ga", text)
  gsub(/\^/, "\\(ha", text)
  gsub(/~/, "\\(ti", text)
  return (text ~ /^\./ ? "\\&" : "") text
}

# The lines below make up one text: beginning a section, a line of a paragraph, a line as it is in C, an
# item of a list with its first line, and an empty line.
function begin() { text = ""; what = "nothing" }

function filled(line) {
  if (what == "code") text = text ".EE\n.in\n"
  if (what == "code" || what == "blank") text = text ".PP\n"
  text = text escape(line) "\n"
  what = "filled"
}

function code(line) {
  if (what != "code") text = text (what == "nothing" ? "" : ".PP\n") ".in +4n\n.EX\n"
  text = text gaps escape(line) "\n"
  gaps = ""
  what = "code"
}

function item(tag, line) {
  text = text ".TP\n.B " escape(tag) "\n" escape(line) "\n"
  what = "filled"
}

function blank() {
  if (what == "code") gaps = gaps "\n"
  else if (what != "nothing") what = "blank"
}

function end() { if (what == "code") text = text ".EE\n.in\n"; gaps = ""; return text }

# The comment at the top: a title, paragraphs, an example, and the rules, each with its name before it.
/^\/\*$/ && !description { top = 1; begin(); next }
top && /^ \*\// { top = 0; description = end(); begin(); next }
top {
  sub(/^ \* ?/, "")
  if (/^pusher_auth - /) title = substr($0, length("pusher_auth - ") + 1)
  else if (title != "" && !titled && $0 != "") title = title "\n" $0
  else if (!titled) titled = 1
  else if ($0 == "") blank()
  else if (/^Rules that hold/) { rules = 1; filled($0) }
  else if (rules && match($0, /^[A-Za-z]+  +/)) item($1, substr($0, RLENGTH + 1))
  else if (rules) { sub(/^ +/, ""); filled($0) }
  else if (/^  /) code(substr($0, 3))
  else { gaps = ""; filled($0) }
  next
}

# Everything else is told by the comment that stands before it.
/^ *\/\/ ?/ && !/^ *\/\/ *__/ {
  sub(/^ *\/\/ ?/, "")
  comment[++lines] = $0
  next
}

/^typedef enum/ {
  begin()
  for (i = 1; i <= lines; i++) filled(comment[i])
  lines = 0
}
/^  PUSHER_ERROR_[A-Z_]+ = -[0-9]+,$/ {
  item($1 " (" (0 + $3) ")", comment[1])
  for (i = 2; i <= lines; i++) filled(comment[i])
  lines = 0
}
/^} pusher_error;/ { errors = end() }
/^typedef struct/ { lines = 0; declarations = ".PP\n.B " $0 "\n"; next }

# What compilers alone want to know.
/^PUSHER_[A-Z_]+( |$)/ {
  while (sub(/^PUSHER_[A-Z_]+ ?/, "")) continue
}
/^(void|int32_t|size_t|const char) / || declaration != "" {
  declaration = declaration ".B \"" escape($0) "\"\n"
  if (!/;$/) next
  match(declaration, /pusher_[a-z_]+\(/)
  name = substr(declaration, RSTART, RLENGTH - 1)
  names = names ",\n" name
  begin()
  for (i = 1; i <= lines; i++) {
    # A parameter, or several: of this declaration, so that no other colon is taken for one.
    tag = comment[i] ~ /^[a-z_, ]+: / ? substr(comment[i], 1, index(comment[i], ":") - 1) : ""
    first = tag
    sub(/,.*/, "", first)
    if (comment[i] == "") blank()
    else if (tag != "" && declaration ~ "[ *(]" first "[,)]") item(tag, substr(comment[i], length(tag) + 3))
    else filled(comment[i])
  }
  functions = functions ".SS " name "\n" end()
  declarations = declarations ".PP\n" declaration
  declaration = ""
  lines = 0
}

END {
  if (title == "" || errors == "" || functions == "" || version == "" || date == "") {
    print "man.awk: this is not the header that it knows" > "/dev/stderr"
    exit 1
  }
  sub(/\.$/, "", title)
  printf ".\\\" Written by tools/packaging/man.awk from include/pusher_auth.h.\n"
  printf ".TH PUSHER_AUTH 3 %s \"pusher_auth %s\"\n", date, version
  printf ".SH NAME\npusher_auth%s\n\\- %s\n", names, escape(title)
  printf ".SH LIBRARY\nlibpusher_auth: link with what\n.B pkg\\-config \\-\\-cflags \\-\\-libs pusher_auth\nprints.\n"
  printf ".SH SYNOPSIS\n.nf\n.B #include <pusher_auth.h>\n%s.fi\n", declarations
  printf ".SH DESCRIPTION\n%s.SH FUNCTIONS\n%s.SH ERRORS\n%s", description, functions, errors
}
