import { followTheme } from "./shell/theme.ts";
import { chooseFrame } from "./shell/visit.ts";

// Runs before the page is painted for the first time, so that neither colours nor frame change afterwards.

followTheme();
chooseFrame();
