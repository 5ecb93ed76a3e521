"""What a film costs: the studio's own, a plain x264 encode of the same frames, and a moviepy version of it.

Drives a release server through its API as anybody would, on inputs that it makes itself, and prints a Markdown table.
Costs are CPU seconds (user and system) of the server and every ffmpeg that it starts, as the kernel counts them, for a
second of film; PostgreSQL is not counted. Linux only: it reads /proc. Started by `benches/run`, which makes its
environment.
"""

import argparse
import datetime
import io
import json
import math
import os
import pathlib
import platform
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
import wave

import numpy
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parent.parent
SERVER = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "ai-studio"
TICK = os.sysconf("SC_CLK_TCK")
WORDS = (
    "The short feet and slow pace of the Tortoise were laughed at by a Hare one day, who never stopped to think that "
    "whoever goes on, however slowly, will come to the end"
)


class Server:
    """A release server with a data directory of its own, and what it and its children use."""

    def __init__(self, folder, path=None):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        environment = {**os.environ, "PATH": f"{path}:{os.environ['PATH']}" if path else os.environ["PATH"]}
        environment.pop("DATABASE_URL", None)
        self.log = open(folder / "server.log", "ab")
        self.process = subprocess.Popen(
            [SERVER, "--bind", f"127.0.0.1:{port}", "--data-dir", folder / "data", "--log", "warn"],
            env=environment, stdout=self.log, stderr=self.log,
        )
        until = time.monotonic() + 60
        while True:
            try:
                self.get("/api/ready")
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > until:
                    sys.exit(f"the server did not start; see {self.log.name}")
                time.sleep(0.1)

    def ask(self, method, path, body=None, headers=None):
        request = urllib.request.Request(self.base + path, method=method, data=body, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=1800) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            sys.exit(f"{method} {path}: {error.code} {error.read().decode()}")

    def get(self, path):
        return json.loads(self.ask("GET", path))

    def send(self, method, path, body):
        headers = {"Content-Type": "application/json", "Prefer": "wait=300"}
        return json.loads(self.ask(method, path, json.dumps(body).encode(), headers))

    def upload(self, kind, scene, name, content):
        edge = uuid.uuid4().hex
        body = (
            f'--{edge}\r\nContent-Disposition: form-data; name="sceneId"\r\n\r\n{scene}\r\n'
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        ).encode() + content + f"\r\n--{edge}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        return json.loads(self.ask("POST", f"/api/{kind}/upload", body, headers))

    def project(self, scenes, seconds):
        """A project whose scenes have a picture and a narration of that length each."""
        narration = " ".join((WORDS.split() * 9)[: max(4, round(seconds * 2.5))]) + "."
        made = self.send("POST", "/api/projects", {"title": "Bench", "language": "en", "scenes": [{"narration": narration}] * scenes})
        for number, scene in enumerate(made["scenes"]):
            self.upload("image", scene["id"], "still.png", still(number))
            self.upload("audio", scene["id"], "speech.wav", speech(seconds, number))
        return made

    def film(self, project, **options):
        """Makes a film; answers its record, and what that cost."""
        with Meter(self.process.pid) as meter:
            film = self.send("POST", "/api/video/generate", {"projectId": project["id"], "options": options})
            while film["status"] in ("queued", "running"):
                time.sleep(0.2)
                film = self.get(f"/api/video/{film['id']}")
        if film["status"] != "ready":
            sys.exit(f"the film was not made: {film}")
        return film, meter

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


class Meter:
    """CPU time, wall time and the most memory of a process and its children (but for PostgreSQL's)."""

    def __init__(self, pid):
        self.pid, self.peak, self.going = pid, 0, True

    def __enter__(self):
        self.cpu, self.wall = -self.cpu_now(), -time.monotonic()
        self.watch = threading.Thread(target=self.sample)
        self.watch.start()
        return self

    def __exit__(self, *_):
        self.going = False
        self.watch.join()
        self.cpu += self.cpu_now()
        self.wall += time.monotonic()

    def cpu_now(self):
        # utime, stime, and those of children that have ended and were waited for: proc(5).
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return sum(map(int, fields[11:15])) / TICK

    def sample(self):
        while self.going:
            self.peak = max(self.peak, sum(self.resident(pid) for pid in self.family()))
            time.sleep(0.05)

    def family(self):
        try:
            tasks = pathlib.Path(f"/proc/{self.pid}/task").iterdir()
            children = {child for task in tasks for child in (task / "children").read_text().split()}
        except OSError:
            children = set()
        return [str(self.pid), *children]

    @staticmethod
    def resident(pid):
        try:
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return 0
        if "Name:\tpostgres" in status:
            return 0
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) * 1024 if found else 0


def still(number):
    """A picture as hard to encode as a photograph: soft shapes, edges, and fine grain. 1920 × 1080."""
    noise = numpy.random.default_rng(number)
    picture = numpy.zeros((1080, 1920, 3))
    # The larger, the stronger: as in photographs.
    for step, weight in ((4, 0.06), (16, 0.14), (64, 0.3), (256, 0.5)):
        coarse = noise.random((1080 // step + 2, 1920 // step + 2, 3)) * 255
        layer = Image.fromarray(coarse.astype("uint8")).resize((1920, 1080), Image.Resampling.BICUBIC)
        picture += numpy.asarray(layer) * weight
    rows, columns = numpy.mgrid[0:1080, 0:1920]
    for _ in range(12):
        x, y, radius = noise.integers(0, 1920), noise.integers(0, 1080), noise.integers(40, 260)
        picture[(rows - y) ** 2 + (columns - x) ** 2 < radius**2] *= noise.random(3) * 0.8 + 0.4
    file = io.BytesIO()
    Image.fromarray(picture.clip(0, 255).astype("uint8")).save(file, "PNG", compress_level=1)
    return file.getvalue()


def speech(seconds, number):
    """Sound that rises and falls in syllables with gaps between words, as speech does. WAV, mono, 24 kHz."""
    time_ = numpy.arange(round(seconds * 24000)) / 24000
    voiced = sum(numpy.sin(2 * math.pi * (110 + 7 * number) * harmonic * time_) / harmonic for harmonic in range(1, 12))
    syllables = numpy.clip(numpy.sin(2 * math.pi * 2.5 * time_), 0, 1) * (numpy.sin(2 * math.pi * 0.4 * time_) > -0.8)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(24000)
        out.writeframes((voiced * syllables * 7000).astype("<i2").tobytes())
    return file.getvalue()


def run(*command):
    """Runs a program; answers its output, CPU seconds and wall seconds."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{command[0]} failed: {done.stderr[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout + done.stderr, cpu, time.monotonic() - started


# Stands before ffmpeg on the path, in a run that is not measured: it keeps the frames that the studio hands over, and how
# they were to be encoded.
KEEPER = """#!/bin/sh
for last; do :; done
# <hash>.mp4.<run>.tmp
name=$(basename "$last" | cut -d. -f1,2)
case "$*" in
*" rawvideo "*"pipe:0"*)
    printf '%s\\n' "$@" > "{keep}/$name.settings"
    tee "{keep}/$name.yuv" | "{ffmpeg}" "$@" ;;
*concat*)
    for argument; do case "$argument" in *parts.txt) cp "${{argument#file:}}" "{keep}/parts.txt" ;; esac; done
    exec "{ffmpeg}" "$@" ;;
*) exec "{ffmpeg}" "$@" ;;
esac
"""


def frames_of(folder, quality, seconds, options):
    """The film's frames as they are before they are encoded, in one file, and the encoder's settings."""
    keep, tools = folder / "keep", folder / "tools"
    keep.mkdir()
    tools.mkdir()
    ffmpeg = shutil.which("ffmpeg")
    (tools / "ffmpeg").write_text(KEEPER.format(keep=keep, ffmpeg=ffmpeg))
    (tools / "ffmpeg").chmod(0o755)
    server = Server(folder, tools)
    try:
        film, _ = server.film(server.project(6, seconds), quality=quality, **options)
        video = folder / "film.mp4"
        video.write_bytes(server.ask("GET", film["url"]))
    finally:
        server.stop()
    parts = re.findall(r"^file '[^/]*/(.*)'$", (keep / "parts.txt").read_text(), re.M)
    frames = folder / "frames.yuv"
    with open(frames, "wb") as whole:
        for part in parts:
            with open(keep / f"{part}.yuv", "rb") as piece:
                shutil.copyfileobj(piece, whole, 1 << 24)
    # They are the same for every part.
    settings = (keep / f"{parts[0]}.settings").read_text().split("\n")
    shutil.rmtree(keep)
    begin = settings.index("-c:v")
    return film, video, frames, settings[begin : settings.index("-threads")]


def raw(frames):
    return ["-f", "rawvideo", "-pixel_format", "yuv420p", "-video_size", "1920x1080", "-framerate", "30", "-i", frames]


def plain(frames, settings):
    """A plain encode of those frames; CPU and wall seconds."""
    with tempfile.TemporaryDirectory(dir=frames.parent) as folder:
        _, cpu, wall = run("ffmpeg", "-nostdin", "-v", "error", *raw(frames), *settings, "-an", "-y", f"{folder}/plain.mp4")
    return cpu, wall


def ssim(video, frames):
    """How like the uncompressed frames a film is, from 0 to 1."""
    said, _, _ = run("ffmpeg", "-nostdin", "-i", video, *raw(frames), "-lavfi", "[0:v][1:v]ssim", "-f", "null", "-")
    return float(re.findall(r"SSIM .*All:([0-9.]+)", said)[-1])


def moviepy(folder, seconds, settings):
    """The same film by moviepy: stills that are pushed in, crossfades, captions; CPU and wall seconds, and its length."""
    (folder / "moviepy.json").write_text(json.dumps({"seconds": seconds, "words": WORDS, "settings": settings}))
    for number in range(6):
        (folder / f"{number}.png").write_bytes(still(number))
        (folder / f"{number}.wav").write_bytes(speech(seconds, number))
    said, cpu, wall = run(sys.executable, pathlib.Path(__file__).with_name("with_moviepy.py"), folder)
    return cpu, wall, float(said.strip().split("\n")[-1])


def preview(server):
    """Wall seconds of a scene's first preview for 5 s of it, the worst of some: the built-in picture and voice."""
    words = WORDS.split()
    scenes = [{"narration": " ".join(words[:count]) + "."} for count in (10, 12, 14, 26, 28)]
    made = server.send("POST", "/api/projects", {"title": "Bench", "language": "en", "scenes": scenes})
    for kind in ("audio", "image"):
        server.send("POST", f"/api/{kind}/generate-batch", {"projectId": made["id"]})
    worst = 0
    for scene in server.get(f"/api/projects/{made['id']}")["scenes"]:
        started = time.monotonic()
        server.ask("GET", f"/api/scenes/{scene['id']}/preview")
        # The pauses around the narration are seen too.
        worst = max(worst, 5 * (time.monotonic() - started) / (scene["audio"]["durationSeconds"] + 0.85))
    return worst


def machine():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    ffmpeg, _, _ = run("ffmpeg", "-version")
    return f"{os.cpu_count()} cores of {model[1] if model else platform.machine()}, {ffmpeg.split(' Copyright')[0]}"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--without-moviepy", action="store_true", help="leave out what takes longest")
    arguments.add_argument("--seconds", type=float, default=9.2, help="how long each of the six narrations is")
    given = arguments.parse_args()
    options = {"resolution": "1080p", "fps": 30, "motion": "auto", "transition": "crossfade", "subtitles": "burned"}
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=os.environ.get("BENCH_DIR")))
    os.chmod(folder, 0o755)
    rows = []

    def row(what, figure, wanted):
        rows.append((what, figure, wanted))
        print(f"{what}: {figure} ({wanted})", file=sys.stderr)

    try:
        for quality, most in (("fast", 0.8), ("standard", 3.0)):
            place = folder / quality
            place.mkdir()
            (place / "measured").mkdir()
            server = Server(place / "measured")
            try:
                film, meter = server.film(server.project(6, given.seconds), quality=quality, **options)
            finally:
                server.stop()
            length = film["durationSeconds"]
            row(f"`{quality}`: CPU s for a second of film", f"{meter.cpu / length:.2f}", f"≤ {most}")
            row(f"`{quality}`: cores in use ({length:.1f} s of film in {meter.wall:.1f} s)", f"{meter.cpu / meter.wall:.2f}", "≥ 1.8 of 2")
            row(f"`{quality}`: most memory of server and encoders", f"{meter.peak / 1e6:.0f} MB", "≤ 700 MB")
            _, video, frames, settings = frames_of(place, quality, given.seconds, options)
            cpu, _ = plain(frames, settings)
            row(f"`{quality}`: plain x264, CPU s for a second", f"{cpu / length:.2f}", "")
            row(f"`{quality}`: studio to plain x264", f"{meter.cpu / cpu:.2f}", "≤ 1.25")
            row(f"`{quality}`: SSIM against the uncompressed frames", f"{ssim(video, frames):.4f}", "≥ 0.97" if quality == "standard" else "")
            frames.unlink()
            # Once is enough to see how far away it is: it takes minutes.
            if quality == "fast" and not given.without_moviepy:
                cpu, wall, long = moviepy(place, given.seconds, settings)
                row(f"`{quality}`: moviepy, CPU s for a second", f"{cpu / long:.2f}", "")
                row(f"`{quality}`: moviepy to studio, CPU and wall", f"{cpu / long / (meter.cpu / length):.1f} × and {wall / long / (meter.wall / length):.1f} ×", "")

        place = folder / "long"
        place.mkdir()
        server = Server(place)
        try:
            project = server.project(50, 4.0)
            film, whole = server.film(project, quality="fast", **options)
            row(f"50 scenes, {film['durationSeconds']:.0f} s: most memory", f"{whole.peak / 1e6:.0f} MB", "≤ 700 MB")
            scene = project["scenes"][25]["id"]
            server.upload("image", scene, "still.png", still(99))
            film, again = server.film(project, quality="fast", **options)
            row("one picture of 50 changed: CPU to that of the whole film", f"{100 * again.cpu / whole.cpu:.1f} %", "≤ 5 %")
            film, draft = server.film(project, quality="preview", **{**options, "resolution": "720p"})
            row("`preview`: wall s for 5 s of film", f"{5 * draft.wall / film['durationSeconds']:.2f}", "≤ 1")
            row("a scene's preview: wall s for 5 s of it", f"{preview(server):.2f}", "≤ 1")
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)

    print(f"{datetime.date.today().isoformat()}, {machine()}\n")
    print("| what | measured | wanted |\n| --- | --- | --- |")
    for what, figure, wanted in rows:
        print(f"| {what} | {figure} | {wanted} |")


main()
