// What starts Swagger UI. Two of its ways take seconds on a document of hundreds of operations and are shortened here:
// the text is read as JSON instead of as YAML, and before an operation is resolved, the document is cut down to it and to
// what it refers to.
window.onload = function () {
  const cut = (document, path) => {
    if (path[0] === "components" && path[1] === "securitySchemes") {
      return { ...document, paths: {}, components: { securitySchemes: document.components.securitySchemes } };
    }
    if (path[0] !== "paths" || path.length < 3) return document;
    const item = document.paths[path[1]];
    const components = { securitySchemes: document.components.securitySchemes };
    const need = (value) => {
      if (Array.isArray(value)) value.forEach(need);
      else if (value !== null && typeof value === "object") {
        if (typeof value.$ref === "string") name(value.$ref);
        Object.values(value).forEach(need);
      }
    };
    const name = (reference) => {
      const [root, kind, entry] = reference.slice(1).split("/").filter(Boolean);
      const target = root === "components" ? document.components[kind]?.[entry] : undefined;
      if (target === undefined || components[kind]?.[entry] !== undefined) return;
      components[kind] = { ...components[kind], [entry]: target };
      need(target);
    };
    const { [path[2]]: operation, parameters } = item;
    const alone = parameters === undefined ? { [path[2]]: operation } : { parameters, [path[2]]: operation };
    need(alone);
    return { ...document, paths: { [path[1]]: alone }, components };
  };

  const Shortened = (system) => {
    const whole = system.fn.resolveSubtree;
    return {
      fn: { resolveSubtree: (document, path, options) => whole(cut(document, path), path, options) },
      statePlugins: {
        spec: { wrapActions: { parseToJson: (original, { specActions }) => (text) => specActions.updateJsonSpec(local(JSON.parse(text))) } },
      },
    };
  };

  // The page logs in where it is, by whatever name: on this machine it has several.
  const here = (address) => location.origin + new URL(address, location.href).pathname;
  const local = (document) => {
    for (const scheme of Object.values(document.components.securitySchemes)) {
      for (const flow of Object.values(scheme.flows ?? {})) {
        for (const name of ["authorizationUrl", "tokenUrl", "refreshUrl"]) if (flow[name] !== undefined) flow[name] = here(flow[name]);
      }
    }
    return document;
  };

  window.ui = SwaggerUIBundle({
    dom_id: "#swagger-ui",
    urls: DOCUMENTS,
    deepLinking: true,
    defaultModelsExpandDepth: -1,
    docExpansion: "none",
    filter: true,
    validatorUrl: "none",
    persistAuthorization: true,
    oauth2RedirectUrl: new URL("oauth2-redirect.html", location.href).href,
    layout: "StandaloneLayout",
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    plugins: [SwaggerUIBundle.plugins.DownloadUrl, Shortened],
  });
  window.ui.initOAuth({ clientId: "docs", usePkceWithAuthorizationCodeGrant: true });
};
