"""The bench's film as one would write it with moviepy: prints its length in seconds."""

import json
import pathlib
import sys

from moviepy import AudioFileClip, CompositeVideoClip, ImageClip, TextClip, concatenate_audioclips, vfx

folder = pathlib.Path(sys.argv[1])
given = json.loads((folder / "moviepy.json").read_text())
seconds, fade = given["seconds"], 0.5
option = {name: value for name, value in zip(given["settings"], given["settings"][1:]) if name.startswith("-")}
words = given["words"].split()
layers = []
for number in range(6):
    picture = ImageClip(str(folder / f"{number}.png")).with_duration(seconds + fade)
    picture = picture.resized(lambda t: 1 + 0.06 * t / seconds).with_position("center").with_start(number * seconds)
    layers.append(picture.with_effects([vfx.CrossFadeIn(fade)]) if number else picture)
    # Four lines of captions for each scene, one after the other.
    for line in range(4):
        text = " ".join(words[line * 8 : line * 8 + 8]) or words[-1]
        caption = TextClip(text=text, font_size=54, color="white", stroke_color="black", stroke_width=3, size=(1600, None), method="caption")
        layers.append(caption.with_position(("center", 900)).with_start(number * seconds + line * seconds / 4).with_duration(seconds / 4))
sound = concatenate_audioclips([AudioFileClip(str(folder / f"{number}.wav")) for number in range(6)])
film = CompositeVideoClip(layers, size=(1920, 1080)).with_duration(6 * seconds).with_audio(sound)
film.write_videofile(
    str(folder / "moviepy.mp4"),
    fps=30,
    codec="libx264",
    preset=option["-preset"],
    ffmpeg_params=["-crf", option["-crf"], "-pix_fmt", "yuv420p"],
    audio_codec="aac",
    temp_audiofile_path=str(folder),
    logger=None,
)
print(film.duration)
