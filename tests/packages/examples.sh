# Sourced with a folder: writes README's first examples in C and C++ there, and sets $answer to what they print.

for language in c cpp; do
  awk -v start="^\`\`\`$language\$" '/^```$/ && on { exit } on; $0 ~ start { on = 1 }' README.md >"$1/example.$language"
done
answer=$(grep -m1 '^{"auth":' README.md)
