#!/bin/sh
# Speaks sample.txt into sample.mp3: 24 kHz mono at a constant 48 kbit/s, which leaves room on a 300 kbit/s link.
# Needs the Debian packages espeak-ng and ffmpeg. The result is kept in the repository; run this to change the words.
set -eu
cd "$(dirname "$0")"

speech=$(mktemp --suffix .wav)
trap 'rm -f "$speech"' EXIT
espeak-ng -v en-gb-x-rp -s 152 -p 42 -g 3 -f sample.txt -w "$speech"

# A little room around the voice, and half a second of silence at either end so that a late start is heard.
filters='highpass=f=70,aecho=0.9:0.6:19|31:0.10|0.07,adelay=500,apad=pad_dur=0.5,loudnorm=I=-18:TP=-2,aresample=24000'
# No Xing frame: every frame of the file is sound, so counting frames needs no exception.
ffmpeg -nostdin -v error -y -i "$speech" -af "$filters" -ac 1 \
	-c:a libmp3lame -b:a 48k -write_xing 0 \
	-map_metadata -1 -id3v2_version 3 -write_id3v1 0 \
	-metadata title='The voice goes on' -metadata artist='Mullion' -metadata album='Mullion sample' \
	-fflags +bitexact -flags:a +bitexact sample.mp3
