"""What the browser runs to exchange its ticket for the cookie, and to give the cookie back, good or not."""

# A renderer runs again whenever the page does; a ticket is sent once.
EXCHANGE = """
let sent;
export default async function ({ data, setTriggerValue }) {
  if (sent === data.ticket) return;
  sent = data.ticket;
  try {
    const answer = await fetch("/auth/exchange", {
      method: "POST",
      headers: { [data.header]: data.ticket },
    });
    if (!answer.ok) throw new Error(await answer.text());
    location.reload();
  } catch (error) {
    setTriggerValue("refused", true);
  }
}
"""

SIGN_OUT = """
let asked = false;
export default async function ({ data, setTriggerValue }) {
  if (asked) return;
  asked = true;
  try {
    const answer = await fetch("/auth/sign-out", { method: "POST" });
    if (!answer.ok) throw new Error(await answer.text());
    location.assign(data.then);
  } catch (error) {
    asked = false;
    setTriggerValue("refused", true);
  }
}
"""

# The cookie is what tells how its session ended: it stays until somebody looks. Where the browser has a new
# session since, signed in on another tab, this tab is too.
FORGET = """
let asked = false;
async function forget() {
  if (asked || document.visibilityState !== "visible") return;
  asked = true;
  try {
    const answer = await fetch("/auth/forget", { method: "POST" });
    if (answer.status === 409) location.reload();
  } catch (error) {
    asked = false;
  }
}
export default function () {
  document.addEventListener("visibilitychange", forget);
  forget();
  return () => document.removeEventListener("visibilitychange", forget);
}
"""
