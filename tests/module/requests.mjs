// Random requests from a seed, right and wrong ones, each a value of JSON.

/** A generator of numbers below `below` that gives the same for the same seed (mulberry32). */
function numbers(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const WORDS = [
  "TOK", "tok", "TOKEN", "Tok,", "a photo of", "a photo of a man", "the portrait of a", "person", "in the fog", "ARTST", "ﬁ", "straße",
  "STRASSE", "İstanbul", "ı", "é", "e\u0301", "東京", "👩‍🚀", "\u200b", "\u00a0", "\n", "  ", ",", "—", "_TOK_", "TOK2", "\"TOK\"", "", "х",
];
const ODD = [null, true, false, 0, 1, -1, 1.5, 2, 4, 28, 50, 51, 1e21, 0.1, "", "2", "7", "x", [], {}, [1], "18446744073709551615", "18446744073709551616"];
const VALUES = {
  num_inference_steps: [1, 20, 50, 51, 2.5],
  guidance_scale: [0, 1, 3.5, 5.5, 20, 35, 36],
  image_size: ["square", "square_hd", "portrait_16_9", "huge", { width: 640, height: 480 }, { width: 100, height: 480 }],
  aspect_ratio: ["1:1", "21:9", "5:4"],
  lora_scale: [0, 1, 1.4, 4, 4.1],
  finetune_strength: [0, 1.1, 2, 3],
  safety_tolerance: ["1", "6", "7", 2],
  enable_safety_checker: [true, false],
  raw: [true, false],
  num_images: [1, 4, 5],
  output_format: ["jpeg", "png", "gif"],
  seed: [0, 42, 9007199254740991, "18446744073709551615", "-1"],
  use_ultra: [true, false],
  acceleration: ["none", "regular", "high"],
  enhance_prompt: [true, false],
  stepz: [1],
};
const PRESETS = ["fast", "balanced", "quality", "ultra", "portrait", "landscape", "artistic", "photorealistic"];

/** `count` requests that are the same for the same seed. */
export function* requests(seed, count) {
  const below = numbers(seed);
  const pick = (list) => list[below(list.length)];
  const seldom = () => below(25) === 0;
  const words = (most) => Array.from({ length: below(most) }, () => pick(WORDS)).join(pick([" ", " ", "", ", "]));
  for (let made = 0; made < count; made++) {
    const isPortrait = below(2) === 0;
    const avatar = isPortrait
      ? { lora_url: seldom() ? "http://example.com/l" : "https://example.com/l.safetensors" }
      : { finetune_id: "ft-1" };
    if (below(3)) avatar.trigger_word = below(2) ? "TOK" : words(3);
    if (below(3) === 0) avatar.trigger_phrase = below(2) ? "a photo of TOK person" : words(4);
    if (below(4) === 0) avatar.kind = isPortrait ? "portrait" : "artistic";
    if (below(6) === 0) avatar[isPortrait ? "lora_scale" : "finetune_strength"] = pick([0, 0.5, 2, 5]);
    if (seldom()) avatar[pick(["id", "name", "kind", "finetune_id", "lora_url", "colour"])] = pick(ODD);
    const request = { avatar, prompt: words(8), preset: pick(PRESETS) };
    if (below(2)) {
      request.overrides = {};
      for (let field = below(4); field > 0; field--) {
        const key = pick(Object.keys(VALUES));
        request.overrides[key] = seldom() ? pick(ODD) : pick(VALUES[key]);
      }
    }
    if (seldom()) request[pick(["avatar", "prompt", "preset", "overrides", "extra"])] = pick(ODD);
    yield request;
  }
}
