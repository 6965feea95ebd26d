/** What every service imports: `import { Service, Turn, serve } from "mullion/sdk"`. */
export { Failure } from "./wit/types";
export { ContainerService } from "./container";
export { serve } from "./guest";
export { Service } from "./service";
export { SessionService } from "./session";
export { Turn } from "./turn";
