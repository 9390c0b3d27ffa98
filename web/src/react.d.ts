// A style may set a variable of ours: the length of a bar is data, its looks are the stylesheet's.
import "react";

declare module "react" {
  interface CSSProperties {
    [variable: `--${string}`]: string | number | undefined;
  }
}
