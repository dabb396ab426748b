// What FAL's OpenAPI documents say of the bodies of the three endpoints (June 2026; for the unlisted `flux-pro/finetuned` its types in fal-js 1.10).

const size = {
  anyOf: [
    {
      type: 'object',
      properties: {
        width: { type: 'integer', exclusiveMinimum: 0, maximum: 14142, default: 512 },
        height: { type: 'integer', exclusiveMinimum: 0, maximum: 14142, default: 512 },
      },
    },
    { enum: ['square_hd', 'square', 'portrait_4_3', 'portrait_16_9', 'landscape_4_3', 'landscape_16_9'] },
  ],
};
const common = {
  prompt: { type: 'string' },
  seed: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
  sync_mode: { type: 'boolean' },
  num_images: { type: 'integer', minimum: 1, maximum: 4 },
  output_format: { enum: ['jpeg', 'png'] },
};
const steps = { type: 'integer', minimum: 1, maximum: 50 };
const finetuned = {
  ...common,
  finetune_id: { type: 'string' },
  finetune_strength: { type: 'number', minimum: 0, maximum: 2 },
  safety_tolerance: { enum: ['1', '2', '3', '4', '5', '6'] },
  enhance_prompt: { type: 'boolean' },
};

export const FAL_SCHEMAS = {
  'fal-ai/flux-lora': {
    type: 'object',
    required: ['prompt'],
    properties: {
      ...common,
      image_size: size,
      num_inference_steps: steps,
      loras: {
        type: 'array',
        items: {
          type: 'object',
          required: ['path'],
          properties: { path: { type: 'string' }, scale: { type: 'number', minimum: 0, maximum: 4 } },
        },
      },
      guidance_scale: { type: 'number', minimum: 0, maximum: 35 },
      enable_safety_checker: { type: 'boolean' },
      acceleration: { enum: ['none', 'regular'] },
    },
  },
  'fal-ai/flux-pro/finetuned': {
    type: 'object',
    required: ['prompt', 'finetune_id', 'finetune_strength'],
    properties: { ...finetuned, image_size: size, num_inference_steps: steps, guidance_scale: { type: 'number', minimum: 1, maximum: 20 } },
  },
  'fal-ai/flux-pro/v1.1-ultra-finetuned': {
    type: 'object',
    required: ['prompt', 'finetune_id', 'finetune_strength'],
    properties: {
      ...finetuned,
      image_url: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      image_prompt_strength: { type: 'number', minimum: 0, maximum: 1 },
      aspect_ratio: { anyOf: [{ enum: ['21:9', '16:9', '4:3', '3:2', '1:1', '2:3', '3:4', '9:16', '9:21'] }, { type: 'string' }] },
      raw: { type: 'boolean' },
    },
  },
};
