import { exampleAnswers } from "./src/server/openapi-examples.ts";
for (const p of ["/chat/completions","/completions","/embeddings","/responses","/messages"]) { const t=performance.now(); for (const {summary,status,contentType,value} of await exampleAnswers(p)) console.log(p, summary, status, contentType, JSON.stringify(value).slice(-110)); console.log(performance.now()-t) }
