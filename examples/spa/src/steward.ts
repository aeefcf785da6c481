import { Steward } from "steward-client";
import type { RecordOf } from "steward-client";
import type { paths as PlatformPaths } from "steward-client/platform";
import type { paths } from "steward-client/vendors";

export type Vendor = RecordOf<paths, "vendors/vendors">;

export const steward = new Steward<paths>(import.meta.env.VITE_STEWARD_URL ?? "http://127.0.0.1:8080");
export const platform = steward.as<PlatformPaths>();
export const vendors = steward.collection("vendors/vendors");

/** This page, as it is registered at the service: see register.mjs. */
export const client = { clientId: "example-spa", redirectUri: `${location.origin}/` };
