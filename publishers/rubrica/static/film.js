// A film on YouTube starts where it stands; until it is asked for, nothing is loaded from there.
for (const figure of document.querySelectorAll(".film[data-player]")) {
  const link = figure.querySelector("a");
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const player = document.createElement("iframe");
    player.src = `${figure.dataset.player}?autoplay=1&cc_load_policy=1&hl=it`;
    player.title = figure.dataset.title;
    player.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
    player.referrerPolicy = "strict-origin-when-cross-origin";
    link.replaceWith(player);
    player.focus();
  });
}
