/// The look of the page, for light and dark screens and for paper.
enum PageStyle {
    /// Line colours keep a contrast of 4.5 to 1 against their background, and differ in lightness and dash beside hue.
    static let css = """
        :root {
          --page: #f7f8fa; --card: #ffffff; --ink: #1a1f27; --soft: #586173; --rule: #e2e6ec; --grid: #edf0f4;
          --good: #0a7a4b; --bad: #c0271d; --warning: #8f5e00; --goodfill: #0a7a4b; --badfill: #c0271d;
          --warningfill: #b87900; --event: #8a93a3; --flag: #eef1f6; --band: #8a93a31f; --balanced: #0a7a4b1a;
          --bar: #3f76b5; --barout: #c3cad5;
          --s0: #0a62ad; --s1: #c24e00; --s2: #00785a; --s3: #a3308e; --s4: #806200; --s5: #5a49c6; --s6: #00758a;
          --s7: #606773; --context: #b8c0cc; --random: #586173;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #0f1319; --card: #171c24; --ink: #e6eaf0; --soft: #9aa5b6; --rule: #2a313d; --grid: #222933;
            --good: #4cc38a; --bad: #ff7b70; --warning: #e8b04a; --goodfill: #17754d; --badfill: #b3261e;
            --warningfill: #8a6200; --event: #727d8f; --flag: #252c37; --band: #9aa5b626; --balanced: #4cc38a22;
            --bar: #5b9bdd; --barout: #3a4453;
            --s0: #5caaf2; --s1: #f58d4e; --s2: #43c99c; --s3: #e88fd8; --s4: #dcb541; --s5: #ab9ff8; --s6: #4fc7dc;
            --s7: #b4bcc8; --context: #48525f; --random: #9aa5b6;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0; background: var(--page); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
        }
        main { max-width: 1080px; margin: 0 auto; padding: 28px 20px 48px; }
        header, section {
          background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 18px 22px;
          margin: 0 0 16px;
        }
        header { border-left: 6px solid var(--warningfill); }
        header.pass { border-left-color: var(--goodfill); }
        header.fail { border-left-color: var(--badfill); }
        h1 { font-size: 24px; line-height: 1.25; margin: 0 0 10px; overflow-wrap: anywhere; }
        h2 { font-size: 16px; margin: 0 0 8px; }
        p { margin: 0 0 6px; overflow-wrap: anywhere; }
        .lead { font-weight: 600; }
        .badge {
          display: inline-block; padding: 3px 12px; border-radius: 6px; margin-right: 8px; font-size: 17px;
          letter-spacing: 0.04em; color: #ffffff; background: var(--warningfill); vertical-align: 2px;
        }
        .pass .badge { background: var(--goodfill); }
        .fail .badge { background: var(--badfill); }
        ul { margin: 6px 0 6px; padding-left: 20px; }
        .dim, footer { color: var(--soft); }
        .tiles {
          display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; padding: 0; border: 0;
          background: none;
        }
        .tile { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 12px 16px; }
        .tile .name, .tile .note { color: var(--soft); font-size: 13px; }
        .tile .figure { font-size: 24px; font-weight: 600; font-variant-numeric: tabular-nums; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
        th { text-align: left; color: var(--soft); font-weight: 500; white-space: nowrap; }
        th, td { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--rule); }
        th:last-child, td:last-child { padding-right: 0; }
        tbody tr:last-child td { border-bottom: 0; }
        .right { text-align: right; }
        td.right { white-space: nowrap; }
        .good { color: var(--good); } .bad { color: var(--bad); font-weight: 600; } .warning { color: var(--warning); }
        .barcell { width: 26%; min-width: 120px; }
        .bar { height: 12px; border-radius: 2px; background: var(--bar); }
        .bar.out { background: var(--barout); }
        footer { font-size: 13px; padding: 4px 2px; overflow-wrap: anywhere; }
        svg { display: block; width: 100%; height: auto; overflow: visible; }
        svg text {
          font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: var(--soft);
        }
        svg text.end { text-anchor: end; } svg text.middle { text-anchor: middle; }
        svg text.title { fill: var(--ink); }
        svg text.label { font-weight: 600; }
        svg text.flagtext { font-size: 11px; fill: var(--ink); }
        .grid { stroke: var(--grid); } .axis { stroke: var(--event); }
        .event { stroke: var(--event); stroke-dasharray: 3 3; }
        .flag { fill: var(--flag); stroke: var(--event); rx: 4px; }
        .band { fill: var(--band); } .balanced { fill: var(--balanced); }
        .line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        .line.strong { stroke-width: 2.5; }
        .line.out { stroke-dasharray: 1 5; }
        .area { fill: var(--s1); opacity: 0.18; }
        .line.context { stroke: var(--context); stroke-width: 1; }
        .line.random { stroke: var(--random); stroke-width: 1.5; stroke-dasharray: 6 4; }
        .line.s4, .line.s5, .line.s6, .line.s7 { stroke-dasharray: 9 3; }
        .line.s4.out, .line.s5.out, .line.s6.out, .line.s7.out { stroke-dasharray: 1 5; }
        .line.s0 { stroke: var(--s0); } .line.s1 { stroke: var(--s1); } .line.s2 { stroke: var(--s2); }
        .line.s3 { stroke: var(--s3); } .line.s4 { stroke: var(--s4); } .line.s5 { stroke: var(--s5); }
        .line.s6 { stroke: var(--s6); } .line.s7 { stroke: var(--s7); }
        svg text.s0 { fill: var(--s0); } svg text.s1 { fill: var(--s1); } svg text.s2 { fill: var(--s2); }
        svg text.s3 { fill: var(--s3); } svg text.s4 { fill: var(--s4); } svg text.s5 { fill: var(--s5); }
        svg text.s6 { fill: var(--s6); } svg text.s7 { fill: var(--s7); } svg text.random { fill: var(--random); }
        @media print {
          body { background: none; } main { max-width: none; padding: 0; }
          header, section, .tile { break-inside: avoid; }
        }
        """
}
