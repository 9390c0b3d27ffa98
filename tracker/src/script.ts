// Another of our files, on this page.

export function scripted(src: string, then: () => void, data?: object): void {
  const script = document.createElement("script");
  Object.assign(script.dataset, data);
  script.onload = then;
  script.src = src;
  document.head.append(script);
}
