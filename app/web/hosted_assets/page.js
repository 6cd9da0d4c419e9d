"use strict";
// The customer's page: a client of the GraphQL API like any other, with a token that is good for one customer's own data.
(() => {
  const STEPS = window.GATEHOUSE_STEPS;
  const link = location.pathname.split("/").pop();
  const view = document.getElementById("view");
  const status = document.getElementById("status");
  let session = null; // {token, expiresAt, customerId}
  let customer = null;
  let step = 0;
  let shown = ""; // what is on the page now, so that a live update does not disturb somebody who is typing

  const FIELDS = `id status kycStatus nextAction { code customerMessage } requiredInformation { field reason message }
    kycData { legalFirstName legalMiddleName legalLastName phoneNumber dateOfBirth nationality nationalIdType nationalIdNumber
      nationalIdIssuingCountry employmentStatus mostRecentOccupation sourceOfFunds accountPurpose expectedMonthlyPaymentsUsd isIntermediary
      address { addressLine1 addressLine2 city stateCode postalCode country locale }
      documents { type number issuingCountry expirationDate front { uploadId status } back { uploadId status } } }`;
  const READ = `query($id: ID!) { customer(id: $id) { ${FIELDS} } }`;
  const FOLLOW = `subscription($id: ID!) { customer(id: $id) { ${FIELDS} } }`;
  const SUBMIT = `mutation($input: UpdateKycDataInput!) { updateKycData(input: $input) { customer { ${FIELDS} } userErrors { message field hint } } }`;
  const ANNOUNCE = `mutation($input: CreateUploadInput!) { createUpload(input: $input) { upload { id url headers } userErrors { message } } }`;
  const OPEN = `mutation($input: OpenVerificationInput!) { openVerification(input: $input) { url customer { ${FIELDS} } userErrors { message hint } } }`;

  // ------------------------------------------------------------ asking

  async function begin() {
    const answer = await fetch(`/verify/${link}/session`, { method: "POST" });
    if (!answer.ok) throw new Error("This link is invalid or has expired. Please ask for a new one.");
    session = await answer.json();
  }

  async function ask(query, variables) {
    if (!session || Date.parse(session.expiresAt) - Date.now() < 60000) await begin();
    const answer = await fetch("/graphql", {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${session.token}` },
      body: JSON.stringify({ query, variables }),
    });
    const body = await answer.json();
    if (body.errors) throw new Error("Something went wrong. Please try again in a moment.");
    return body.data;
  }

  function follow() {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`, "graphql-transport-ws");
    socket.onopen = () => socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${session.token}` } }));
    socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      if (message.type === "connection_ack") {
        socket.send(JSON.stringify({ type: "subscribe", id: "1", payload: { query: FOLLOW, variables: { id: session.customerId } } }));
      } else if (message.type === "ping") {
        socket.send(JSON.stringify({ type: "pong" }));
      } else if (message.type === "next" && message.payload.data) {
        update(message.payload.data.customer);
      }
    };
    // A token that ended, a gateway that went away, a phone that slept: begin anew.
    socket.onclose = () => setTimeout(() => begin().then(follow, () => setTimeout(follow, 5000)), 1500);
  }

  // ------------------------------------------------------------ building

  function make(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined || value === null || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  }

  function say(text) { status.textContent = text; }

  function show(kind, ...children) {
    shown = kind;
    view.replaceChildren(...children);
    const first = view.querySelector("h2");
    if (first) { first.tabIndex = -1; first.focus(); }
  }

  const known = (name) => name.split(".").reduce((place, key) => (place ? place[key] : null), customer.kycData);

  function field(spec, value) {
    const id = spec.name.replaceAll(".", "-");
    const described = [spec.hint ? `${id}-hint` : null, `${id}-error`].filter(Boolean).join(" ");
    const common = { id, name: spec.name, required: spec.required, "aria-describedby": described, autocomplete: spec.autocomplete };
    let input;
    if (spec.type === "country" || spec.type === "select" || spec.type === "boolean") {
      const options = spec.type === "country" ? window.GATEHOUSE_COUNTRIES
        : spec.type === "boolean" ? [{ value: "false", label: "No" }, { value: "true", label: "Yes" }] : spec.options;
      input = make("select", common, make("option", { value: "" }, "Please choose"), ...options.map((option) => make("option", { value: option.value }, option.label)));
    } else {
      input = make("input", { ...common, type: spec.type || "text", accept: spec.accept });
    }
    if (value !== null && value !== undefined) input.value = String(value);
    input.addEventListener("change", () => complain(id, input.validity.valid ? "" : missing(input)));
    return make("div", { class: "field" },
      make("label", { for: id }, spec.label + (spec.required ? "" : " (optional)")),
      spec.hint ? make("p", { class: "hint", id: `${id}-hint` }, spec.hint) : null,
      input,
      make("p", { class: "error", id: `${id}-error` }));
  }

  const missing = (input) => (input.validity.valueMissing ? "Please fill this in." : "Please check this.");

  function complain(id, text) {
    const input = document.getElementById(id);
    const place = document.getElementById(`${id}-error`);
    if (!input || !place) return false;
    input.setAttribute("aria-invalid", text ? "true" : "false");
    place.textContent = text;
    return true;
  }

  function summarise(texts) {
    document.getElementById("summary")?.remove();
    if (!texts.length) return;
    const box = make("div", { id: "summary", role: "alert", tabindex: "-1" }, make("p", {}, "Please correct this:"), make("ul", {}, ...texts.map((text) => make("li", {}, text))));
    view.prepend(box);
    box.focus();
  }

  // ------------------------------------------------------------ steps

  function form() {
    const spec = STEPS[step];
    const bar = make("ol", { class: "progress", "aria-label": `Step ${step + 1} of ${STEPS.length}` }, ...STEPS.map((_, index) => make("li", { class: index <= step ? "done" : undefined })));
    const usual = { "address.locale": navigator.language && navigator.language.includes("-") ? navigator.language : null };
    const body = spec.document ? documentFields() : spec.fields.map((item) => field(item, known(item.name) ?? usual[item.name] ?? null));
    const node = make("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); next(node, spec); } },
      ...body,
      make("div", { class: "actions" },
        step > 0 ? make("button", { type: "button", class: "plain", onclick: () => { step -= 1; form(); } }, "Back") : null,
        make("button", { type: "submit" }, step === STEPS.length - 1 ? "Send" : "Next")));
    show("form", bar, make("h2", {}, `${step + 1}. ${spec.title}`), node);
    say(`Step ${step + 1} of ${STEPS.length}`);
  }

  function documentFields() {
    const first = (customer.kycData?.documents || [])[0] || {};
    const options = window.GATEHOUSE_DOCUMENTS;
    const parts = [
      field({ name: "document.type", label: "Which document", type: "select", options, required: true }, first.type),
      field({ name: "document.number", label: "Its number", required: true }, first.number),
      field({ name: "document.issuingCountry", label: "Issuing country", type: "country", required: true }, first.issuingCountry),
      field({ name: "document.expirationDate", label: "Valid until", type: "date", required: true }, first.expirationDate),
      picture("front", "Picture of the front", true),
      picture("back", "Picture of the back", false),
      make("div", { class: "field choice" },
        make("input", { type: "checkbox", id: "accept", required: true, "aria-describedby": "accept-error" }),
        make("label", { for: "accept" }, "The information I have given is true, and I agree to its verification."),
        make("p", { class: "error", id: "accept-error" })),
    ];
    const back = parts[5];
    const kind = parts[0].querySelector("select");
    const sides = () => { back.hidden = !kind.value || kind.value === "PASSPORT"; };
    kind.addEventListener("change", sides);
    sides();
    return parts;
  }

  const uploads = {};

  function picture(side, label, required) {
    const spec = { name: `document.${side}`, label, type: "file", required, hint: "JPEG, PNG or PDF, from 100 KB to 10 MB, in colour.", accept: "image/jpeg,image/png,application/pdf" };
    const node = field(spec, null);
    const told = make("p", { class: "note", role: "status" });
    node.append(told);
    node.querySelector("input").addEventListener("change", (event) => send(side, event.target, told));
    return node;
  }

  async function send(side, input, told) {
    const file = input.files[0];
    delete uploads[side];
    told.className = "note";
    told.textContent = "";
    if (!file) return;
    told.textContent = "Sending…";
    try {
      const given = { customerId: session.customerId, contentType: file.type, size: file.size };
      const { createUpload } = await ask(ANNOUNCE, { input: given });
      if (createUpload.userErrors.length) throw new Error(createUpload.userErrors[0].message);
      const answer = await fetch(new URL(createUpload.upload.url).pathname, { method: "PUT", headers: createUpload.upload.headers, body: file });
      const body = await answer.json();
      if (!answer.ok) throw new Error(body.message);
      uploads[side] = createUpload.upload.id;
      complain(input.id, "");
      told.className = "good";
      told.textContent = "Received.";
    } catch (problem) {
      told.textContent = "";
      complain(input.id, problem.message);
    }
  }

  function collect(node, spec) {
    if (spec.document) return { documents: [collectDocument(node)] };
    const data = {};
    for (const item of spec.fields) {
      const text = node.elements[item.name].value.trim();
      const value = item.type === "boolean" ? text === "true" : text || null;
      const [first, second] = item.name.split(".");
      if (second) data[first] = { ...data[first], [second]: value };
      else data[first] = value;
    }
    return data;
  }

  function collectDocument(node) {
    const value = (name) => node.elements[`document.${name}`].value || null;
    const found = { type: value("type"), number: value("number"), issuingCountry: value("issuingCountry"), expirationDate: value("expirationDate") };
    if (uploads.front) found.frontUploadId = uploads.front;
    if (uploads.back && found.type !== "PASSPORT") found.backUploadId = uploads.back;
    return found;
  }

  function check(node) {
    const wrong = [];
    for (const input of node.elements) {
      if (!input.id || input.closest("[hidden]")) continue;
      const side = input.type === "file" ? input.name.split(".")[1] : null;
      const bad = side ? !uploads[side] && !given(node, side) : !input.validity.valid;
      if (bad && (input.required || side)) {
        const told = document.getElementById(`${input.id}-error`)?.textContent;
        complain(input.id, (side && told) || missing(input));
        wrong.push(`${node.querySelector(`label[for="${input.id}"]`).textContent}: ${(side && told) || missing(input)}`);
      } else complain(input.id, "");
    }
    return wrong;
  }

  // A picture that was given before, for a document of the same type, need not be given again.
  function given(node, side) {
    const kind = node.elements["document.type"].value;
    const known = (customer.kycData?.documents || []).find((item) => item.type === kind);
    return Boolean(known && known[side] && known[side].status !== "REFUSED");
  }

  async function next(node, spec) {
    const wrong = check(node);
    summarise(wrong);
    if (wrong.length) return;
    const button = node.querySelector("button[type=submit]");
    button.disabled = true;
    say("Sending…");
    try {
      const { updateKycData } = await ask(SUBMIT, { input: { customerId: session.customerId, kycData: collect(node, spec) } });
      if (updateKycData.userErrors.length) {
        say("");
        refuse(updateKycData.userErrors);
        return;
      }
      customer = updateKycData.customer;
      if (customer.nextAction.code !== "SUBMIT_KYC_DATA") { render(); return; }
      if (step < STEPS.length - 1) { step += 1; form(); return; }
      step = place(customer.requiredInformation);
      form();
      missed(customer.requiredInformation);
    } catch (problem) {
      say("");
      summarise([problem.message]);
    } finally {
      button.disabled = false;
    }
  }

  function refuse(errors) {
    const texts = errors.map((error) => {
      const id = idOf((error.field || []).slice(2));
      const text = [error.message, error.hint].filter(Boolean).join(" ");
      complain(id, text);
      return text;
    });
    summarise(texts);
  }

  // The field that a path in `kycData` is asked for in.
  const idOf = (path) => (path[0] === "documents" ? `document-${(path[2] || "type").replace(/(ImageUrl|UploadId)$/, "")}` : path.join("-"));

  function missed(required) {
    summarise(required.filter((item) => complain(idOf(item.field.split(".")), item.message)).map((item) => item.message));
  }

  // The step in which the first thing that is missing is asked for.
  function place(required) {
    const first = (required[0] || {}).field || "";
    if (first.startsWith("documents")) return STEPS.length - 1;
    const found = STEPS.findIndex((item) => item.fields.some((one) => one.name === first));
    return found < 0 ? 0 : found;
  }

  // ------------------------------------------------------------ views

  function card(title, text, ...more) {
    return make("section", { class: "card" }, make("h2", {}, title), make("p", {}, text), ...more);
  }

  function onward(title, text, items) {
    const accept = make("div", { class: "field choice" },
      make("input", { type: "checkbox", id: "accept", required: true, "aria-describedby": "accept-error" }),
      make("label", { for: "accept" }, "I agree that my data is sent to the verification service."),
      make("p", { class: "error", id: "accept-error" }));
    const node = make("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); open(node); } }, accept, make("button", { type: "submit" }, "Continue to the check"));
    const list = items.length ? make("ul", {}, ...items.map((item) => make("li", {}, item.message))) : null;
    show(`onward ${customer.kycStatus}`, card(title, text, list), node);
  }

  async function open(node) {
    if (!node.querySelector("#accept").checked) { complain("accept", "Please agree first."); node.querySelector("#accept").focus(); return; }
    // Opened at once, while the browser still knows that a person has asked for it.
    const page = window.open("", "_blank");
    try {
      const { openVerification } = await ask(OPEN, { input: { customerId: session.customerId, accepted: true } });
      if (openVerification.userErrors.length) throw new Error(openVerification.userErrors[0].message);
      if (page) { page.opener = null; page.location.replace(openVerification.url); }
      else location.assign(openVerification.url);
      update(openVerification.customer);
    } catch (problem) {
      if (page) page.close();
      summarise([problem.message]);
    }
  }

  function checking() {
    const again = make("form", { onsubmit: (event) => { event.preventDefault(); open(again); } },
      make("input", { type: "checkbox", id: "accept", checked: true, hidden: true }),
      make("button", { type: "submit", class: "plain" }, "Open the check again"));
    const opened = customer.kycStatus === "IN_PROGRESS";
    show(`wait ${customer.kycStatus}`, card("We are checking your details", "You can close this page and come back later. It always shows the current status.", opened ? again : null));
  }

  function render() {
    const code = customer.nextAction.code;
    say(customer.nextAction.customerMessage || "");
    if (code === "SUBMIT_KYC_DATA") {
      if (shown === "form") return;
      step = customer.kycData ? place(customer.requiredInformation) : 0;
      form();
      // Whoever comes back because a picture cannot be used is told so at once.
      const unusable = customer.requiredInformation.filter((item) => item.reason === "unusable_image");
      if (unusable.length) missed(unusable);
    } else if (code === "OPEN_VERIFICATION_LINK") {
      onward("Almost done", "Next, show your identity document and your face. This takes about two minutes, on a separate page.", []);
    } else if (code === "RESUBMIT") {
      onward("Please submit something again", "We could not finish the verification. Please do this again:", customer.requiredInformation);
    } else if (code === "WAIT") {
      checking();
    } else if (customer.status === "REJECTED") {
      show("over", card("We could not verify you", "Please contact the firm that sent you here."));
      say("");
    } else if (customer.status === "DEACTIVATED") {
      show("over", card("Nothing to do", "Please contact the firm that sent you here."));
      say("");
    } else {
      show("over", card("Thank you", "You are done. You can close this page."));
      say("");
    }
  }

  function update(fresh) {
    const before = customer;
    customer = fresh;
    if (!before || before.kycStatus !== fresh.kycStatus || before.status !== fresh.status || before.nextAction.code !== fresh.nextAction.code) render();
  }

  begin()
    .then(() => ask(READ, { id: session.customerId }))
    .then((data) => { update(data.customer); follow(); })
    .catch((problem) => { say(""); show("over", card("We cannot open this page", problem.message)); });
})();
