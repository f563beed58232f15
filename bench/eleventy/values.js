// What every template asks of a value: its text in HTML, and whether it is there and not empty.
const special = /[&<>"']/;
const signs = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };

export const escape = (value) =>
  typeof value === "string" && special.test(value) ? value.replace(/[&<>"']/g, (sign) => signs[sign]) : value;
export const some = (value) => Boolean(value) && value.length !== 0;
