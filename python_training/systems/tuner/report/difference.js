"use strict";
const {parameters, settings} = JSON.parse(document.getElementById("settings").textContent);
const choices = ["from", "to"].map((id) => document.getElementById(id));
const cell = (row, text, number) => {
  const made = row.insertCell();
  made.textContent = text;
  if (number) made.className = "number";
};
const show = () => {
  const [old, next] = choices.map((choice) => settings[choice.value]);
  const table = document.createElement("table");
  for (const {name, low, high, doc} of parameters) {
    if (old[name] === next[name]) continue;
    const row = table.insertRow();
    const share = (100 * (next[name] - old[name])) / (high - low);
    cell(row, name, false);
    cell(row, old[name].toPrecision(6), true);
    cell(row, next[name].toPrecision(6), true);
    cell(row, `${share > 0 ? "+" : ""}${share.toFixed(1)}%`, true);
    cell(row, doc, false);
  }
  document.getElementById("difference").replaceChildren(table.rows.length ? table : "They are the same.");
};
choices.forEach((choice) => choice.addEventListener("change", show));
