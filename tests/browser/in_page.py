"""Questions to a page in the browser, as scripts that answer with what is wrong."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python  # type: ignore[import-untyped]

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
"""Defines `axe` in the page; like all that the test driver runs, it is not held back by the content security policy."""
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
AXE_RUN = """async tags => {
    const said = await axe.run(document, {runOnly: tags, rules: {'target-size': {enabled: true}}});
    const kinds = ['violations', 'passes', 'incomplete', 'inapplicable'];
    const words = node => (node.failureSummary || '').split('\\n').slice(1, 2).join('').trim();
    return {
        rules: kinds.flatMap(kind => said[kind].map(rule => rule.id)),
        wrong: said.violations.flatMap(rule =>
            rule.nodes.slice(0, 3).map(node => `${rule.id} at ${node.target}: ${words(node)}`)),
    }; }"""
"""Runs the rules of these tags: which ran, and what they found."""

TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth, wrong = [];
    const scrolls = e => e && e !== document.body
        && (/auto|scroll/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
    for (const e of document.body.querySelectorAll('*')) {
        const box = e.getBoundingClientRect(), shown = box.width > 1 && box.height > 1 && e.checkVisibility();
        if (shown && box.right > width + 1 && !scrolls(e.parentElement))
            wrong.push(`${e.tagName} ${e.className} ends at ${Math.round(box.right)} of ${width}`); }
    if (document.documentElement.scrollWidth > width) wrong.push(`${document.documentElement.scrollWidth} of ${width}`);
    return wrong.slice(0, 5); }"""
"""What reaches beyond the right edge, unless it lies in something that scrolls by itself."""

UNSEEN = """() => {
    const folded = '[hidden], [popover], dialog, form, track-control, details:not([open])';
    const says = e => e.textContent.trim() && (!e.querySelector('a, button')
        || [...e.childNodes].some(one => one.nodeType === Node.TEXT_NODE && one.textContent.trim()));
    const read = [...document.querySelectorAll('h1, main :is(h2, h3, p, dt, dd, th, td, li)')];
    const unseen = read.filter(e => says(e) && !e.closest(folded)
        && !e.checkVisibility({opacityProperty: true, visibilityProperty: true}));
    return unseen.map(e => `${e.tagName} ${e.textContent.trim().slice(0, 60)}`).slice(0, 5); }"""
"""Words that are not shown, and are not folded away either; what is pressed may be left out, as on paper."""

TOO_SMALL = """() => {
    const text = ':is(p, li, dd, dt, td, th, figcaption, nav, h1, h2, h3) a';
    const controls = [...document.querySelectorAll('a, button, input, select, summary, [role=button]')];
    const sizes = controls.filter(e => e.checkVisibility() && (!e.matches(text) || e.matches('.btn')))
        .map(e => [e, e.getBoundingClientRect()]).filter(([e, box]) => box.width > 1 && box.height > 1);
    return sizes.filter(([e, box]) => Math.min(box.width, box.height) < 23.9)
        .map(([e, box]) => `${e.tagName} ${e.textContent.trim().slice(0, 40)} ${box.width} × ${box.height}`)
        .slice(0, 5); }"""
"""Controls of less than 24 px. Links among words may be as high as their line; axe sees to the room around them."""

WATCH_SHIFTS = """window.shifts = {sum: 0, by: []};
    new PerformanceObserver(list => {
        const said = node => ((node && (node.outerHTML || node.textContent)) || '').slice(0, 80);
        for (const shift of list.getEntries()) {
            window.shifts.sum += shift.value;
            window.shifts.by.push(...shift.sources.map(one => said(one.node))); }
    }).observe({type: 'layout-shift', buffered: true});"""
SCROLL = """async () => {
    const wait = time => new Promise(done => setTimeout(done, time));
    for (let y = 0; y < document.documentElement.scrollHeight; y += 800) { scrollTo(0, y); await wait(20); }
    await document.fonts.ready;
    await wait(100);
    return window.shifts; }"""
"""Scrolls to the end, waits for the fonts, and tells what has moved since the page was opened, and how far in all."""

HIDING_FONTS = """() => [...document.fonts].filter(font => !['swap', 'optional'].includes(font.display))
    .map(font => `${font.family} ${font.weight}: ${font.display}`)"""
"""Font faces that may hide text until they arrive."""

BRIGHTNESS = """() => {
    const colour = e => (getComputedStyle(e).backgroundColor.match(/[\\d.]+/g) || []).map(Number);
    const paints = ([r, g, b, alpha = 1]) => alpha > 0;
    const [r, g, b] = [document.body, document.documentElement].map(colour).find(paints) || [255, 255, 255];
    return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255; }"""
"""How bright the ground of the page is, 0 to 1."""
