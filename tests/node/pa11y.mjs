// Looks at pages with pa11y, in one browser; tests/pa11y.py calls it and reads what it prints.
import pa11y from "pa11y";
import puppeteer from "puppeteer";

const { addresses, browser: executablePath, flags } = JSON.parse(process.argv[2]);
const browser = await puppeteer.launch({ executablePath, args: flags });
const found = [];
let lookedAt = 0;
for (const url of addresses) {
  const page = await browser.newPage();
  const { issues } = await pa11y(url, {
    browser, page, standard: "WCAG2AA", includeWarnings: false, timeout: 60000,
  });
  found.push(...issues.map((one) => ({ url, ...one })));
  lookedAt += 1;
  await page.close();
}
await browser.close();
console.log(JSON.stringify([lookedAt, found]));
