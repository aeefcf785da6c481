import { unwrap } from "steward-client";
import { h, svg } from "./dom.js";
import { steward } from "./steward.js";

const HEIGHT = 160;
const BAR = 48;

/** When notice must be given: contracts by the month of their deadline, within a year from now. */
export async function noticeChart(): Promise<HTMLElement> {
  const end = new Date();
  end.setFullYear(end.getFullYear() + 1);
  const query = { before: end.toISOString().slice(0, 10) };
  const { data } = await unwrap(steward.api.GET("/api/v1/vendors/renewals-due", { params: { query } }));
  const months = new Map<string, { open: number; overdue: number }>();
  for (const due of data) {
    if (due.notice_deadline_on === null) continue;
    const month = due.notice_deadline_on.slice(0, 7);
    const entry = months.get(month) ?? { open: 0, overdue: 0 };
    entry[due.overdue ? "overdue" : "open"] += 1;
    months.set(month, entry);
  }
  const entries = [...months].sort(([a], [b]) => a.localeCompare(b));
  return h("section", { "aria-labelledby": "chart-title" }, h("h2", { id: "chart-title" }, "Contracts by the month in which notice must be given"), draw(entries), table(entries));
}

function draw(entries: [string, { open: number; overdue: number }][]): SVGElement {
  const most = Math.max(1, ...entries.map(([, each]) => each.open + each.overdue));
  const unit = (HEIGHT - 40) / most;
  const bars = entries.flatMap(([month, { open, overdue }], at) => {
    const x = at * BAR + 6;
    const bar = (count: number, below: number, kind: string) =>
      svg("rect", { x, width: BAR - 12, height: count * unit, y: HEIGHT - 20 - (count + below) * unit, class: kind });
    return [
      bar(overdue, 0, "overdue"),
      bar(open, overdue, "open"),
      svg("text", { x: x + BAR / 2 - 6, y: HEIGHT - 24 - (open + overdue) * unit, "text-anchor": "middle" }, String(open + overdue)),
      svg("text", { x: x + BAR / 2 - 6, y: HEIGHT - 5, "text-anchor": "middle" }, month.slice(2)),
    ];
  });
  // The table below says the same to those who do not see it.
  return svg("svg", { viewBox: `0 0 ${Math.max(1, entries.length) * BAR} ${HEIGHT}`, "aria-hidden": "true", style: `max-width: ${entries.length * BAR * 1.5}px` }, ...bars);
}

function table(entries: [string, { open: number; overdue: number }][]): HTMLElement {
  const head = ["Month", "Still possible", "Overdue"].map((each) => h("th", { scope: "col" }, each));
  const rows = entries.map(([month, each]) => h("tr", {}, h("th", { scope: "row" }, month), h("td", {}, String(each.open)), h("td", {}, String(each.overdue))));
  return h("details", {}, h("summary", {}, "As a table"), h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows)));
}
