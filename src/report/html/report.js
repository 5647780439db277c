// A slider over the rows of each table of thresholds.
for (const block of document.querySelectorAll('.thresholds')) {
  const rows = [...block.querySelectorAll('tbody tr')];
  const spots = [...block.querySelectorAll('output b')];
  const slider = document.createElement('input');
  Object.assign(slider, { type: 'range', min: 0, max: rows.length - 1, step: 1 });
  slider.value = rows.findIndex((row) => row.matches('.start'));
  slider.setAttribute('aria-label', 'Threshold of ' + block.querySelector('h3').textContent);
  const show = () => {
    const cells = [...rows[slider.value].cells];
    spots.forEach((spot, at) => { spot.textContent = cells[at].textContent; });
    slider.setAttribute('aria-valuetext', cells[0].textContent);
    rows.forEach((row, at) => row.classList.toggle('at', at === Number(slider.value)));
  };
  slider.addEventListener('input', show);
  show();
  block.querySelector('output').before(slider);
}
