// Connects the button that says data-webauthn to allauth's passkey functions, and says in the page what went wrong.
(() => {
  const button = document.querySelector("[data-webauthn]");
  if (!button) return;
  const {webauthn: action, credential, passwordless, error} = button.dataset;
  const explain = () => {
    const form = button.closest("form");
    let note = form.querySelector("[data-passkey-error]");
    if (!note) {
      note = document.createElement("p");
      note.className = "field-error";
      note.setAttribute("role", "alert");
      note.dataset.passkeyError = "";
      form.prepend(note);
    }
    note.textContent = error;
  };
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    explain();
  });
  if (!window.PublicKeyCredential) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      explain();
    });
    return;
  }
  const ids = {credential, data: "js_data", login: button.id, authenticate: button.id, add: button.id};
  if (passwordless) ids.passwordless = passwordless;
  window.allauth.webauthn.forms[action]({ids});
})();
