/// The page at `/`: the newest run as it goes, without anything from elsewhere. It asks the collector's own API once
/// a second.
let livePage = """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8"><title>Holdfast</title>
    <meta name="viewport" content="width=device-width">
    <style>
    body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #222 }
    h1 { font-size: 1.2rem } h2 { font-size: 1rem; margin: 1.5rem 0 .3rem } #state { color: #666 }
    table { border-collapse: collapse; width: 100% } td { padding: .1rem .5rem .1rem 0; white-space: nowrap }
    td.bar { width: 80% } td.bar div { background: #3b7ea1; height: .9rem } td.number { text-align: right }
    svg { width: 100%; height: 8rem; border-bottom: 1px solid #999; border-left: 1px solid #999 }
    polyline { fill: none; stroke: #3b7ea1; stroke-width: 1.5; vector-effect: non-scaling-stroke }
    </style></head><body>
    <h1>Holdfast</h1><div id="state">waiting for metrics</div>
    <h2>Sessions on each gateway</h2><table id="gateways"></table>
    <h2>Most sessions over their mean, last 10 minutes <span id="worst"></span></h2><svg id="imbalance"
      viewBox="0 0 600 100" preserveAspectRatio="none"></svg>
    <h2>Now</h2><table id="now"></table>
    <script>
    const age = 600;
    async function ask(name) {
      const since = Math.floor(Date.now() / 1000) - age;
      const answer = await fetch(`api/v1/series?name=${name}&since=${since}`);
      return (await answer.json()).series.filter(series => series.points.length);
    }
    const last = series => series.points[series.points.length - 1];
    const run = series => series.attributes["holdfast.run"] || "";
    function newestRun(list) {
      const newest = list.reduce((best, one) => !best || last(one)[0] > last(best)[0] ? one : best, null);
      return newest ? list.filter(one => run(one) === run(newest)) : [];
    }
    function sum(list) { return list.reduce((total, one) => total + last(one)[1], 0); }
    function row(cells) {
      const line = document.createElement("tr");
      for (const [text, kind, share] of cells) {
        const cell = line.insertCell();
        if (kind) cell.className = kind;
        if (kind === "bar") {
          const bar = cell.appendChild(document.createElement("div"));
          bar.style.width = `${100 * share}%`;
        } else cell.textContent = text;
      }
      return line;
    }
    function showGateways(sessions) {
      const counts = new Map();
      for (const one of sessions.filter(one => one.attributes.state === "admitted"))
        counts.set(Number(one.attributes.gateway), (counts.get(Number(one.attributes.gateway)) || 0) + last(one)[1]);
      const most = Math.max(1, ...counts.values());
      const gateways = [...counts].sort((a, b) => a[0] - b[0]);
      document.getElementById("gateways").replaceChildren(...gateways.map(([id, count]) =>
        row([[`gateway ${id}`], ["", "bar", count / most], [count, "number"]])));
    }
    function showImbalance(list) {
      const points = list.flatMap(one => one.points).sort((a, b) => a[0] - b[0]);
      const svg = document.getElementById("imbalance");
      if (!points.length) return svg.replaceChildren();
      const end = points[points.length - 1][0], top = Math.max(1.5, ...points.map(point => point[1]));
      const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
      line.setAttribute("points", points.map(([time, value]) =>
        `${600 - (end - time)},${100 - 100 * (value - 1) / (top - 1)}`).join(" "));
      svg.replaceChildren(line);
      document.getElementById("worst").textContent = `(1 to ${top.toFixed(2)})`;
    }
    async function show() {
      const [allSessions, imbalance, connects, disconnects, lost] = await Promise.all(["holdfast.sessions",
        "holdfast.imbalance.max_over_mean", "holdfast.connects", "holdfast.disconnects",
        "holdfast.export.batches.lost"].map(ask));
      const sessions = newestRun(allSessions), same = list => sessions.length ?
        list.filter(one => run(one) === run(sessions[0])) : [];
      if (!sessions.length) return;
      showGateways(sessions);
      showImbalance(same(imbalance));
      const first = sessions[0].attributes;
      const latest = new Date(1000 * Math.max(...sessions.map(one => last(one)[0]))).toLocaleTimeString();
      document.getElementById("state").textContent =
        `run ${run(sessions[0])}, plan ${first["holdfast.plan"] || "?"}, at ${latest}`;
      const of = state => sum(sessions.filter(one => one.attributes.state === state));
      document.getElementById("now").replaceChildren(...[["sessions admitted", of("admitted")],
        ["sessions waiting", of("waiting")], ["sessions stopped", of("stopped")], ["connects", sum(same(connects))],
        ["disconnects", sum(same(disconnects))], ["metric batches lost", sum(same(lost))],
      ].map(([text, value]) => row([[text], [value, "number"], [""]])));
    }
    async function loop() {
      try { await show(); } catch (error) { document.getElementById("state").textContent = `no answer: ${error}`; }
      setTimeout(loop, 1000);
    }
    loop();
    </script></body></html>
    """
