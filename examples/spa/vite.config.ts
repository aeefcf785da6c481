import { defineConfig } from "vite";

// The login client is registered for this port; another one will do on 127.0.0.1, where any port matches (RFC 8252).
const server = { host: "127.0.0.1", port: 5174, strictPort: true };

export default defineConfig({ server, preview: server, build: { target: "es2022" } });
