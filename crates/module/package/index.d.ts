// The rules of Likeness: prompts, checks and request bodies for AI avatars on fal.ai.

/**
 * Loads the module. In a browser it must have settled before the first call; in Node nothing needs to be awaited. Once it has loaded, another call does nothing;
 * after a failure it tries again. Rejects with a {@link LikenessError} of code `not_ready`.
 * @param source Where `likeness.wasm` is, if a bundler has moved it away from this file: its address (in Node also a path), its bytes, a `Response` with
 * them, or a `WebAssembly.Module`.
 */
export function init(source?: string | object): Promise<void>;

/** The eight presets, in the order in which the studio shows them. */
export function presets(): PresetInfo[];
/** The three routes, each one endpoint of FAL. */
export function routes(): RouteInfo[];
/** What would be sent for a request, as `POST /api/v1/compose` of the server answers. @throws {LikenessError} */
export function compose(request: Request): Composed;
/** Everything that is wrong with a request or worth knowing. @throws {LikenessError} if the request cannot be read at all. */
export function validate(request: unknown): Issue[];
/** Where a run is sent and what. Send `json`, not `JSON.stringify(body)`: a seed may be a bigint. @throws {LikenessError} */
export function buildRequest(request: Request): BuiltRequest;
/** What a run is expected to cost and how long it takes. @throws {LikenessError} */
export function estimate(request: Request): Estimate;

/** The only error that the functions here throw. */
export class LikenessError extends Error {
  private constructor();
  readonly name: "LikenessError";
  readonly code: IssueCode | "malformed" | "too_large" | "not_ready" | "internal";
  /** Path in the request, such as `overrides.seed`; empty for the request itself. */
  readonly field: string;
  /** All issues of a request that cannot be sent; empty if the request could not be read. */
  readonly issues: readonly Issue[];
}

/** Null and absent mean the same. */
export interface Request {
  avatar: Avatar;
  prompt: string;
  preset: PresetName;
  overrides?: { [K in keyof Settings]: Settings[K] | null | undefined } | null | undefined;
}

/** Either `lora_url` (a portrait) or `finetune_id` (a style). */
export interface Avatar {
  id?: string | null;
  name?: string | null;
  /** Follows from the model reference where it is missing. */
  kind?: AvatarKind | null;
  trigger_word?: string | null;
  /** Portraits only, such as `a photo of TOK person`. */
  trigger_phrase?: string | null;
  /** An https address. */
  lora_url?: string | null;
  /** 0 to 4; none lets presets decide. */
  lora_scale?: number | null;
  finetune_id?: string | null;
  /** 0 to 2; none lets presets decide. */
  finetune_strength?: number | null;
}

export interface Composed {
  endpoint: Endpoint;
  body: Body;
  prompt: Prompt;
  /** Warnings only. */
  issues: Issue[];
  cost: Cost;
}

/** The texts of the spans, one after another, are `text`. */
export interface Prompt {
  text: string;
  spans: Span[];
}

export interface Span {
  text: string;
  /** From the avatar's trigger, from you, or the joint between both. */
  origin: "avatar" | "you" | "joint";
}

export interface Issue {
  severity: "error" | "warning";
  /** Path in the request; empty for the request itself. */
  field: string;
  code: IssueCode;
  /** A constant English sentence. */
  message: string;
  /** What would be allowed; or in `position` how many characters of the text stand before the mistake. */
  limit?: {
    min?: number | bigint | string;
    max?: number | bigint | string;
    one_of?: string[];
    max_length?: number;
    position?: number;
    until?: number;
  };
  /** Make the change, or all of them; the issue is then gone. */
  fix?: Fix | Fix[];
}

/** Set the field to the value, or leave it out where the value is null. */
export interface Fix {
  /** Path in the request. */
  field: string;
  value: unknown;
}

/** Millionths of a US dollar. */
export interface Cost {
  /** Null where no price is known, which is not the same as free. */
  micro_usd: { low: number | bigint; high: number | bigint } | null;
  source: string;
  as_of: string;
}

export interface BuiltRequest {
  endpoint: Endpoint;
  body: Body;
  /** The body as it goes on the wire. */
  json: string;
}

export interface Seconds {
  low: number;
  high: number;
  is_our_estimate: boolean;
}

export interface Estimate {
  cost: Cost;
  seconds: Seconds;
}

export interface PresetInfo {
  name: PresetName;
  settings: Settings;
  /** For the endpoints that take the preset. */
  seconds: Partial<Record<Endpoint, Seconds>>;
}

export interface RouteInfo {
  endpoint: Endpoint;
  engine: string;
  kind: AvatarKind;
  /** No longer in FAL's listing. */
  legacy: boolean;
  defaults: Settings;
  rules: Partial<Record<FieldName, Rule>>;
  price: { micro_usd: number; source: string; as_of: string };
}

export type Rule =
  | { type: "whole"; min: number; max: number }
  | { type: "number"; min: number; max: number }
  | { type: "one_of"; one_of: string[] }
  | { type: "flag" }
  | { type: "size" }
  | { type: "seed" }
  | { type: "ratio"; min: string; max: string };

export type ImageSize = ImageSizeName | { width: number; height: number };

export type AspectRatio = AspectRatioName | `${number}:${number}`;

// What follows is written from the rules.
