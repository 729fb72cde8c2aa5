//! Options of a model's server that LiteLLM sends to it.
//!
//! A key of `litellm_params` that LiteLLM does not know as its own goes into the request: for
//! Ollama into its `options`, for the others into the body (seen on 1.106.2). A key that LiteLLM
//! knows would change the gateway instead, so only these are passed on.

/// Parameters of a request that every kind of server knows by LiteLLM's translation.
const COMMON: [&str; 8] = [
    "frequency_penalty",
    "max_tokens",
    "presence_penalty",
    "reasoning_effort",
    "seed",
    "stop",
    "temperature",
    "top_p",
];

/// Ollama's own options.
const OLLAMA: [&str; 16] = [
    "keep_alive",
    "main_gpu",
    "min_p",
    "mirostat",
    "mirostat_eta",
    "mirostat_tau",
    "num_batch",
    "num_ctx",
    "num_gpu",
    "num_keep",
    "num_predict",
    "num_thread",
    "repeat_last_n",
    "repeat_penalty",
    "think",
    "top_k",
];

/// What servers of one's own read beside the common parameters (vLLM, llama.cpp, LM Studio).
const SELF_HOSTED: [&str; 8] = [
    "chat_template_kwargs",
    "length_penalty",
    "min_p",
    "min_tokens",
    "repeat_penalty",
    "repetition_penalty",
    "top_k",
    "typical_p",
];

/// Whether an option reaches the servers behind a prefix.
#[must_use]
pub fn is_sent(prefix: &str, option: &str) -> bool {
    COMMON.contains(&option)
        || match prefix {
            "ollama_chat/" => OLLAMA.contains(&option),
            "openai/" | "hosted_vllm/" | "lm_studio/" => SELF_HOSTED.contains(&option),
            _ => false,
        }
}
