#!/usr/bin/env bash
# Makes the font files in this folder again from their npm packages.
# Needs: npm, python3 with the PyPI packages fonttools and brotli. Run it here: `./build.sh`.
# Not part of the build of the server: the results are committed.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# package and version, as listed in README.md
packages="
@expo-google-fonts/inter@0.4.2
@expo-google-fonts/fraunces@0.4.1
@expo-google-fonts/noto-serif@0.4.2
@expo-google-fonts/oswald@0.4.2
@expo-google-fonts/jetbrains-mono@0.4.1
@expo-google-fonts/noto-sans-arabic@0.4.3
@expo-google-fonts/noto-naskh-arabic@0.4.5
@expo-google-fonts/noto-sans-devanagari@0.4.1
@expo-google-fonts/noto-serif-devanagari@0.4.1
@expo-google-fonts/noto-sans-sc@0.4.3
@expo-google-fonts/noto-serif-sc@0.4.3
@expo-google-fonts/noto-emoji@0.4.7
"
cd "$work"
for package in $packages; do
    tarball="$(npm pack --silent "$package")"
    name="${package%@*}"
    mkdir -p "${name##*/}-${name%%/*}"
    tar xzf "$tarball" -C "${name##*/}-${name%%/*}" --strip-components=1
done

# GB 2312 (levels 1 and 2, and its symbols), kana, CJK punctuation and full-width forms.
# The serif, for titles only, has level 1 (rows 16–55): a title with a rarer character is set in the sans.
python3 - "$work" <<'PY'
import sys
out = sys.argv[1]
def rows(first, last):
    chars = set()
    for hi in range(0xA0 + first, 0xA0 + last + 1):
        for lo in range(0xA1, 0xFF):
            try: chars.add(bytes([hi, lo]).decode("gb2312"))
            except UnicodeDecodeError: pass
    return chars
symbols = rows(1, 9)
common = {chr(c) for a, b in [(0x20, 0x7E), (0xA0, 0xFF), (0x2010, 0x2027), (0x3000, 0x30FF), (0xFF01, 0xFF65), (0xFFE0, 0xFFE6)] for c in range(a, b + 1)}
open(f"{out}/sans-sc.txt", "w").write("".join(sorted(symbols | common | rows(16, 87))))
open(f"{out}/serif-sc.txt", "w").write("".join(sorted(common | rows(16, 55))))
PY

european="U+0020-007E,U+00A0-024F,U+0259,U+02B9-02DD,U+0300-036F,U+0370-03FF,U+0400-052F,U+1E00-1EFF,U+2000-206F,U+2070-209F,U+20A0-20BF,U+2113,U+2116,U+2122,U+2126,U+2190-2199,U+2202-2265,U+25CA,U+FB00-FB04,U+FFFD"

# libass knows a font by name 1, fontdb by name 16 or 1: give each file its plain family there ("Noto Sans SC", not
# "Noto Sans SC Medium"), so that one name asks for it everywhere.
cat > plain_family.py <<'PY'
import sys
from fontTools.ttLib import TTFont
path, family, style = sys.argv[1:]
font = TTFont(path, recalcTimestamp=False)
for record in list(font["name"].names):
    text = {1: family, 2: "Bold" if style == "Bold" else "Regular", 4: f"{family} {style}"}.get(record.nameID)
    if text: font["name"].setName(text, record.nameID, record.platformID, record.platEncID, record.langID)
font.save(path)
PY

subset() { # source, output (Family-Style.ttf), family, further arguments
    pyftsubset "$1" --output-file="$here/$2" --no-hinting --drop-tables+=DSIG,STAT,MVAR "${@:4}"
    local style="${2##*-}"
    python3 plain_family.py "$here/$2" "$3" "${style%.ttf}"
}
expo() { echo "$1-@expo-google-fonts/$2"; }

subset "$(expo inter 400Regular/Inter_400Regular.ttf)" Inter-Regular.ttf "Inter" --unicodes="$european"
subset "$(expo inter 700Bold/Inter_700Bold.ttf)" Inter-Bold.ttf "Inter" --unicodes="$european"
subset "$(expo fraunces 600SemiBold/Fraunces_600SemiBold.ttf)" Fraunces-SemiBold.ttf "Fraunces" --unicodes="$european"
subset "$(expo noto-serif 600SemiBold/NotoSerif_600SemiBold.ttf)" NotoSerif-SemiBold.ttf "Noto Serif" --unicodes="U+0020-007E,U+00A0-00FF,U+0300-036F,U+0370-03FF,U+0400-052F,U+2010-2027"
subset "$(expo oswald 600SemiBold/Oswald_600SemiBold.ttf)" Oswald-SemiBold.ttf "Oswald" --unicodes="$european"
subset "$(expo jetbrains-mono 500Medium/JetBrainsMono_500Medium.ttf)" JetBrainsMono-Medium.ttf "JetBrains Mono" --unicodes="$european"
subset "$(expo noto-sans-arabic 500Medium/NotoSansArabic_500Medium.ttf)" NotoSansArabic-Medium.ttf "Noto Sans Arabic" --unicodes="*"
subset "$(expo noto-sans-arabic 700Bold/NotoSansArabic_700Bold.ttf)" NotoSansArabic-Bold.ttf "Noto Sans Arabic" --unicodes="*"
subset "$(expo noto-naskh-arabic 700Bold/NotoNaskhArabic_700Bold.ttf)" NotoNaskhArabic-Bold.ttf "Noto Naskh Arabic" --unicodes="*"
subset "$(expo noto-sans-devanagari 500Medium/NotoSansDevanagari_500Medium.ttf)" NotoSansDevanagari-Medium.ttf "Noto Sans Devanagari" --unicodes="*"
subset "$(expo noto-sans-devanagari 700Bold/NotoSansDevanagari_700Bold.ttf)" NotoSansDevanagari-Bold.ttf "Noto Sans Devanagari" --unicodes="*"
subset "$(expo noto-serif-devanagari 700Bold/NotoSerifDevanagari_700Bold.ttf)" NotoSerifDevanagari-Bold.ttf "Noto Serif Devanagari" --unicodes="*"
subset "$(expo noto-sans-sc 500Medium/NotoSansSC_500Medium.ttf)" NotoSansSC-Medium.ttf "Noto Sans SC" --text-file="$work/sans-sc.txt"
subset "$(expo noto-serif-sc 700Bold/NotoSerifSC_700Bold.ttf)" NotoSerifSC-Bold.ttf "Noto Serif SC" --text-file="$work/serif-sc.txt"
subset "$(expo noto-emoji 500Medium/NotoEmoji_500Medium.ttf)" NotoEmoji-Medium.ttf "Noto Emoji" --unicodes="*"

mkdir -p "$here/licenses"
for family in inter fraunces noto-serif oswald jetbrains-mono noto-sans-arabic noto-naskh-arabic noto-sans-devanagari noto-serif-devanagari noto-sans-sc noto-serif-sc noto-emoji; do
    cp "$(expo "$family" LICENSE_FONT)" "$here/licenses/$family.txt"
done
ls -l "$here"
