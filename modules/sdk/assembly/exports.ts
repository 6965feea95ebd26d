/** Compiled next to every module's own `assembly/index.ts`: what the platform calls. */
import "./abort";
export * from "./wit/exports";
