"use strict";
const cell = (row, text, number) => {
  const made = row.insertCell();
  made.textContent = text;
  if (number) made.className = "number";
};
for (const comparison of document.querySelectorAll(".comparison")) {
  const {parameters, settings} = JSON.parse(comparison.querySelector("script").textContent);
  const choices = [...comparison.querySelectorAll("select")];
  const show = () => {
    const [before, after] = choices.map((choice) => settings[choice.value]);
    const table = document.createElement("table");
    for (const {name, low, high, doc} of parameters) {
      if (before[name] === after[name]) continue;
      const row = table.insertRow();
      const share = high > low ? (100 * (after[name] - before[name])) / (high - low) : 0;
      cell(row, name, false);
      cell(row, before[name].toPrecision(6), true);
      cell(row, after[name].toPrecision(6), true);
      cell(row, `${share > 0 ? "+" : ""}${share.toFixed(1)}%`, true);
      cell(row, doc, false);
    }
    comparison.querySelector(".difference").replaceChildren(table.rows.length ? table : "They are the same.");
  };
  choices.forEach((choice) => choice.addEventListener("change", show));
}
