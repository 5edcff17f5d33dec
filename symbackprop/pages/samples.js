/* Of several pictures, the one of the sample at hand, or of the one that is chosen. */
const sample = $("sample"), pictures = [...net.children];
function picture(k) {
  sample.value = k;
  pictures.forEach((svg, i) => svg.toggleAttribute("data-off", i !== k));
}
function turned(e) { if (e) picture(pictures.indexOf(e.closest("svg"))); }
on(sample, "change", () => picture(+sample.value));
