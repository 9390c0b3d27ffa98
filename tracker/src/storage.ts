// Local storage, where a browser may refuse it: what is refused is the same as nothing.

export function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

// Keeps a text; null takes away what was kept.
export function write(key: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // The page goes on with what it has in memory.
  }
}
