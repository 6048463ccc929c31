"""Files as people send them, made on the spot: films, voices, documents, and what goes wrong."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import pikepdf
from PIL import Image

PLACE = "+45.4642+009.1900/"
"""Where a film was taken, as phones write it (ISO 6709)."""
WRITER = "Ada Rossi, ufficio stampa"


def photo(size: tuple[int, int] = (320, 200), colour: str = "teal", form: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form)
    return out.getvalue()


def seen(path: Path) -> Image.Image:
    """Return a picture as it is on the disk."""
    with Image.open(path) as opened:
        opened.load()
        return opened.copy()


def film(
    seconds: int = 2,
    size: tuple[int, int] = (160, 90),
    *,
    container: str = "mp4",
    codec: str = "libx264",
    sound: str | None = "aac",
    colour: str = "navy",
) -> bytes:
    """Return a film of one colour, that says where and by whom it was taken."""
    out = io.BytesIO()
    options = {"movflags": "use_metadata_tags"} if container in ("mp4", "mov") else {}
    with av.open(out, "w", format=container, options=options) as made:
        made.metadata.update({"location": PLACE, "artist": WRITER, "title": "Sindaco"})
        video: Any = made.add_stream(codec, rate=10)
        video.width, video.height = size
        video.pix_fmt = "yuv420p"
        video.metadata["handler_name"] = WRITER
        voice: Any = made.add_stream(sound, rate=48_000) if sound else None
        picture: Any = av.VideoFrame.from_image(Image.new("RGB", size, colour))  # type: ignore[no-untyped-call]
        for _ in range(10 * seconds):
            made.mux(video.encode(picture))
        made.mux(video.encode(None))
        if voice:
            _speak(made, voice, seconds)
    return out.getvalue()


def gif(pictures: int = 10, size: tuple[int, int] = (160, 90), *, milliseconds: int = 100) -> bytes:
    """Return a GIF that gets brighter picture by picture, and says who made it."""
    shades = [Image.new("RGB", size, (8 * number % 256, 0, 0)) for number in range(pictures)]
    out = io.BytesIO()
    shades[0].save(
        out, "GIF", save_all=True, append_images=shades[1:], duration=milliseconds, loop=0,
        comment=WRITER.encode(),
    )  # fmt: skip
    return out.getvalue()


def voice(seconds: int = 2, *, container: str = "ogg", codec: str = "libopus") -> bytes:
    """Return silence, as a voice note or another recording, that says who made it."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as made:
        made.metadata.update({"artist": WRITER, "title": "Nota", "location": PLACE})
        _speak(made, made.add_stream(codec, rate=48_000), seconds)
    return out.getvalue()


def pdf(pages: int = 1, *, password: str = "", hostile: bool = False) -> bytes:
    """Return a document of blank pages that names its writer; a hostile one also acts."""
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(595, 842))
    made.docinfo["/Author"] = WRITER
    with made.open_metadata() as told:
        told["dc:creator"] = [WRITER]
    if hostile:
        _arm(made)
    out = io.BytesIO()
    made.save(
        out, encryption=pikepdf.Encryption(owner=password, user=password) if password else False
    )
    return out.getvalue()


def office(kind: str = "docx", *, macros: bool = False, filler: int = 0) -> bytes:
    """Return a document of a word processor that names its writer."""
    members: dict[str, bytes] = {
        "[Content_Types].xml": b"<Types/>",
        "docProps/core.xml": f"<creator>{WRITER}</creator>".encode(),
        "word/document.xml": b"<document>La delibera</document>",
    }
    if kind == "odt":
        members = {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "meta.xml": f"<creator>{WRITER}</creator>".encode(),
            "content.xml": b"<document>La delibera</document>",
        }
    if macros:
        members["word/vbaProject.bin"] = b"Sub AutoOpen()"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
        if filler:
            with made.open("word/media/zeros.bin", "w", force_zip64=True) as zeros:
                for _ in range(filler // (1 << 20)):
                    zeros.write(bytes(1 << 20))
    return out.getvalue()


def captions(*words: str) -> bytes:
    """Return WebVTT with one caption a second."""
    cues = [f"00:0{n}.000 --> 00:0{n + 1}.000\n{said}" for n, said in enumerate(words)]
    return ("WEBVTT\n\n" + "\n\n".join(cues) + "\n").encode()


def turned(film: bytes) -> bytes:
    """Return a film filmed upright: the same pictures, to be shown turned by 90 degrees."""
    identity, quarter = _matrix(1, 0, 0, 1), _matrix(0, 1, -1, 0)
    track = film.index(b"trak")
    at = film.index(identity, track)
    return film[:at] + quarter + film[at + len(identity) :]


def _matrix(*turn: int) -> bytes:
    a, b, c, d = (one << 16 for one in turn)
    numbers: Sequence[int] = (a, b, 0, c, d, 0, 0, 0, 1 << 30)
    return b"".join(number.to_bytes(4, "big", signed=True) for number in numbers)


def _speak(made: Any, stream: Any, seconds: int) -> None:
    resampler = av.AudioResampler(format=stream.codec_context.format, layout="stereo", rate=48_000)
    silence = av.AudioFrame(format="s16", layout="stereo", samples=48_000)
    silence.sample_rate = 48_000
    silence.planes[0].update(bytes(48_000 * 4))
    fifo = av.AudioFifo()
    for second in range(seconds):
        silence.pts = second * 48_000
        for frame in resampler.resample(silence):
            fifo.write(frame)
    while (part := fifo.read(960, partial=True)) is not None:
        made.mux(stream.encode(part))
    made.mux(stream.encode(None))


def _arm(made: pikepdf.Pdf) -> None:
    run = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    made.Root.OpenAction = run
    made.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=pikepdf.Array(["go", run]))
    )
    made.attachments["virus.exe"] = b"MZ enclosed"
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
    rectangle = pikepdf.Array([0, 0, 10, 10])
    made.pages[0].Annots = pikepdf.Array(
        [
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=rectangle, A=launch
            ),
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=rectangle, T=WRITER
            ),
        ]
    )
    made.pages[0].AA = pikepdf.Dictionary(O=run)
