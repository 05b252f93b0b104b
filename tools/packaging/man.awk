# Writes the manual pages from the header's comments, for man.sh.
#
# The header's first comment becomes pusher_auth(7). It consists of a title, paragraphs, headings in
# capital letters, lists, and indented lines of code.
# The comment of each function becomes its page in section 3. It consists of paragraphs,
# "Parameters:", "Returns ...", "Client errors ...:", "Server errors ...:" and "See:", with lists of
# "- name: text". The example is the first C program on the function's page of the guide.

BEGIN {
  about["users.md"] = "pusher_signer_authenticate_user"
  about["channels.md"] = "pusher_signer_authorize_channel"
  about["events.md"] = "pusher_signer_event_body"
  about["requests.md"] = "pusher_signer_request_url"
  about["webhooks.md"] = "pusher_signer_verify_webhook"
  about["README.md"] = "pusher_authenticate_user"
}

function fail(reason) {
  print "man.awk: " reason > "/dev/stderr"
  failed = 1
  exit 1
}

function escape(text) {
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  gsub(/'/, "\\(aq", text)
  gsub(/`/, "\\(ga", text)
  gsub(/\^/, "\\(ha", text)
  gsub(/~/, "\\(ti", text)
  return (text ~ /^\./ ? "\\\\&" : "") text
}

# Returns the text of a paragraph. Long words can break after a comma or a slash.
function filled(text,    words, n, i, line) {
  n = split(escape(text), words, " ")
  for (i = 1; i <= n; i++) {
    if (length(words[i]) > 50) gsub(/[,\/]/, "&\\:", words[i])
    line = line (i > 1 ? " " : "") words[i]
  }
  return line
}

function trim(text) {
  sub(/^ +/, "", text)
  sub(/ +$/, "", text)
  return text
}

# ---- The text of a page: begin(), then paragraphs, items and code, then end(). ----

function begin() {
  out = ""
  in_code = 0
  gap = 0
  fresh = 1
}

function leave_code() {
  if (in_code) out = out ".EE\n.in\n"
  in_code = 0
}

function blank() { gap++ }

function text_line(line) {
  if (in_code || (gap && !fresh)) {
    leave_code()
    out = out ".PP\n"
  }
  out = out filled(line) "\n"
  gap = fresh = 0
}

function code_line(line) {
  if (!in_code) out = out (fresh ? "" : ".PP\n") ".in +4n\n.EX\n"
  else while (gap-- > 0) out = out "\n"
  out = out (line ~ /^\./ ? "\\&" : "") escape(line) "\n"
  in_code = 1
  gap = fresh = 0
}

function item(tag, line) {
  leave_code()
  if (line !~ /^(pusher_|null)/) line = toupper(substr(line, 1, 1)) substr(line, 2)
  gsub(/see (CONFIG|SOCKET ID|USER)/, "& in pusher_auth(7)", line)
  out = out ".TP\n.B " escape(tag) "\n" filled(line) "\n"
  gap = fresh = 0
}

function end() {
  leave_code()
  return out
}

function header_lines(name, section, title) {
  return ".\\\" Written by tools/packaging/man.awk from include/pusher_auth.h.\n" \
    ".TH " name " " section " " date " \"pusher_auth " version "\" \"pusher_auth\"\n" \
    ".ad l\n.nh\n.SH NAME\n" title "\n"
}

# ---- The first C program of a page of the guide, which a test compiles and runs. ----

FNR == 1 && FILENAME ~ /\.md$/ {
  page_of = FILENAME
  sub(/^.*\//, "", page_of)
  state = "before"
}
page_of && state == "before" && /^```c$/ {
  state = "code"
  begin()
  next
}
page_of && state == "code" && /^```$/ {
  examples[about[page_of]] = end()
  state = "after"
}
page_of && state == "code" {
  if ($0 == "") blank()
  else code_line($0)
}
page_of { next }

# ---- The first comment. ----

/^\/\*$/ && !overview {
  in_overview = 1
  next
}
in_overview && /^ \*\/$/ {
  in_overview = 0
  write_overview_text()
  next
}
in_overview {
  sub(/^ \* ?/, "")
  top[++tops] = $0
  next
}

# Items are "Term: text" below RULES and "member   text" below CONFIG. Their next lines are indented.
function write_overview_text(    i, line, heading, in_item) {
  begin()
  for (i = 1; i <= tops; i++) {
    line = top[i]
    if (i == 1) {
      sub(/^pusher_auth[.h]* *(-|:) */, "", line)
      title = line
    } else if (line == "") {
      blank()
      in_item = 0
    } else if (line ~ /^[A-Z][A-Z ]+$/) {
      heading = line
      leave_code()
      out = out ".SH \"" escape(line) "\"\n"
      fresh = 1
      in_item = gap = 0
    } else if (heading ~ /^RULES/ && match(line, /^[A-Za-z][A-Za-z ]*: /)) {
      item(substr(line, 1, RLENGTH - 2), substr(line, RLENGTH + 1))
      in_item = 1
    } else if (heading == "CONFIG" && match(line, /^[A-Za-z0-9]+ +/) && RLENGTH == 10) {
      item(trim(substr(line, 1, RLENGTH)), substr(line, RLENGTH + 1))
      in_item = 1
    } else if (heading == "CONFIG" && line ~ /^[A-Za-z0-9]+$/) {
      item(line, trim(top[++i]))
      in_item = 1
    } else if (line ~ /^  / && !in_item) code_line(substr(line, 3))
    else text_line(trim(line))
  }
  overview = end()
}

# Writes an item of a list: "name: text", or error codes, with their meaning if they have no text.
function list_item(line,    colon, tag, text, parts, n, i) {
  colon = index(line, ": ")
  tag = colon ? substr(line, 1, colon - 1) : line
  text = colon ? substr(line, colon + 2) : ""
  if (tag !~ /^PUSHER_ERROR_/) {
    item(tag, text)
    return
  }
  n = split(tag, parts, ", *")
  for (i = 1; i <= n; i++) {
    if (!(parts[i] in meaning)) fail("unknown code " parts[i] " in: " line)
    item(parts[i], text == "" ? one_line(meaning[parts[i]]) : text)
  }
}

function one_line(text) {
  gsub(/\n/, " ", text)
  return text
}

# ---- Comments of declarations. ----

/^ *\/\// && !/^ *\/\/ *__/ {
  sub(/^ *\/\/ ?/, "")
  comment[++lines] = $0
  next
}

/^ +PUSHER_ERROR_[A-Z_]+ = -[0-9]+,$/ {
  code = $1
  for (i = 1; i <= lines; i++) meaning[code] = meaning[code] (i > 1 ? "\n" : "") comment[i]
  value[code] = 0 + $3
  codes[++code_count] = code
  lines = 0
  next
}

# Removes what is for compilers only.
/^PUSHER_(API|MUST_USE)( |$)/ { while (sub(/^PUSHER_(API|MUST_USE) ?/, "")) continue }

/^(void|int32_t|size_t|const char) / || declaration != "" {
  if (declaration == "" && !/\(/) { lines = 0; next }
  declaration = declaration (declaration == "" ? "" : "\n") $0
  if (!/;$/) next
  function_page()
  declaration = ""
  lines = 0
  next
}

/^[^ ]/ { lines = 0 }

function function_page(    i, line, name, section, see, first, parts, n) {
  if (!match(declaration, /pusher_[a-z_]+\(/)) fail("no name in: " declaration)
  name = substr(declaration, RSTART, RLENGTH - 1)
  if (lines == 0) fail(name " has no comment")
  names[++functions] = name
  declarations[name] = declaration

  # The first sentence, for NAME.
  first = comment[1]
  for (i = 2; i <= lines && first !~ /\.( |$)/ && comment[i] != ""; i++) first = first " " comment[i]
  sub(/[.:]( .*)?$/, "", first)
  summary[name] = tolower(substr(first, 1, 1)) substr(first, 2)

  section = "description"
  begin()
  for (i = 1; i <= lines; i++) {
    line = comment[i]
    if (line ~ /^Parameters:$/) {
      leave_code()
      gap = 0
      out = out ".PP\nThe parameters are:\n"
      fresh = 0
    } else if (line ~ /^Returns / && section == "description" && i > 1) {
      keep(section)
      text_line(line)
      section = "returns"
    } else if (line ~ /^(Client|Server) errors[^.]*:$/) {
      if (section != "errors") keep(section)
      text_line(line)
      section = "errors"
    } else if (line ~ /^See:? /) {
      keep(section)
      sub(/^See:? */, "", line)
      see = see (see == "" ? "" : "\n") line
      section = "see"
    } else if (section == "see") {
      if (line != "" && line ~ /^ *(https?:|pusher_)/) see = see "\n" trim(line)
    } else if (line == "") blank()
    else if (line ~ /^ *- [^ ]/) {
      sub(/^ *- /, "", line)
      while (i < lines && comment[i + 1] ~ /^  +[^ ]/) line = line " " trim(comment[++i])
      list_item(line)
    } else if (line ~ /^  /) code_line(substr(line, 3))
    else text_line(trim(line))
  }
  keep(section)

  page = header_lines(name, 3, name " \\- " escape(summary[name]))
  page = page ".SH SYNOPSIS\n.nf\n.B #include <pusher_auth.h>\n.PP\n"
  n = split(declaration, parts, "\n")
  for (i = 1; i <= n; i++) page = page ".B \"" escape(parts[i]) "\"\n"
  page = page ".fi\n.PP\nLink with\n.IR \\-lpusher_auth .\n"
  page = page ".SH DESCRIPTION\n" kept["description"]
  if (kept["returns"] != "") page = page ".SH \"RETURN VALUE\"\n" kept["returns"]
  if (kept["errors"] != "") page = page ".SH ERRORS\n" kept["errors"]
  split("", kept)
  pages[name] = page
  sees[name] = see
}

# Stores the text of a section and begins the next one.
function keep(section) {
  kept[section] = kept[section] end()
  begin()
}

# ---- The files. ----

END {
  if (failed) exit 1
  if (title == "" || functions == 0 || code_count == 0 || version == "" || date == "") {
    print "man.awk: the header has another form, or CHANGELOG.md no date for this version" > "/dev/stderr"
    exit 1
  }
  for (i = 1; i <= functions; i++) {
    name = names[i]
    file = folder "/man3/" name ".3"
    printf "%s", pages[name] > file
    if (name in examples) printf ".SH EXAMPLE\n%s", examples[name] > file
    printf ".SH \"SEE ALSO\"\n" > file
    others = ""
    for (j = i - 1; j <= i + 1; j++)
      if (j >= 1 && j <= functions && j != i) others = others ".BR " names[j] " (3),\n"
    printf "%s.BR pusher_auth (7)\n", others > file
    count = split(sees[name], urls, "\n")
    for (j = 1; j <= count; j++) printf ".PP\n%s\n", filled(urls[j]) > file
    close(file)
  }
  file = folder "/man7/pusher_auth.7"
  printf "%s", header_lines("PUSHER_AUTH", 7, "pusher_auth \\- " escape(tolower(substr(title, 1, 1)) substr(title, 2))) > file
  printf ".SH SYNOPSIS\n.nf\n.B #include <pusher_auth.h>\n.PP\n.B cc program.c $(pkg\\-config \\-\\-cflags \\-\\-libs pusher_auth)\n.fi\n" > file
  printf ".SH DESCRIPTION\n%s", overview > file
  printf ".SH FUNCTIONS\n" > file
  for (i = 1; i <= functions; i++)
    printf ".TP\n.BR %s (3)\n%s\n", names[i], escape(summary[names[i]]) > file
  printf ".SH ERRORS\n" > file
  for (i = 1; i <= code_count; i++) {
    count = split(meaning[codes[i]], rows, "\n")
    printf ".TP\n.BR %s \" (%s)\"\n", codes[i], escape(value[codes[i]] "") > file
    for (j = 1; j <= count; j++) printf "%s\n", escape(rows[j]) > file
  }
  printf ".SH \"SEE ALSO\"\n" > file
  for (i = 1; i <= functions; i++) printf ".BR %s (3)%s\n", names[i], i < functions ? "," : "" > file
  close(file)
}
