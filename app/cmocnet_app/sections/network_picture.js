// Shows the picture that Python drew, and tells Python which node was clicked.
export default function ({ data, parentElement, setTriggerValue }) {
  const frame = parentElement.querySelector(".picture-frame");
  frame.innerHTML = data; // every text in it is escaped
  frame.onclick = (event) => {
    const node = event.target.closest("[data-node]");
    if (node) setTriggerValue("node", node.dataset.node);
  };
}
