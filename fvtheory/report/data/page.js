/* ---- the rest of the page: the filter of the claims, and counterexamples in the explorer ----------- */

(() => {
  const filter = byId("filter");
  const articles = [...document.querySelectorAll("article")];
  const words = new Map(articles.map((article) => [article, article.textContent.toLowerCase()]));
  // An article has a claim for each statement: printed, repaired, sharp.
  const count = (article, status) => article.querySelectorAll(`.variant${status && "." + status}`).length;
  const all = articles.reduce((sum, article) => sum + count(article, ""), 0);
  if (filter) {
    const apply = () => {
      const status = filter.querySelector("input[name=verdict]:checked").value;
      const cls = byId("filter-class").value, wanted = byId("filter-words").value.trim().toLowerCase();
      let shown = 0;
      for (const article of articles) {
        const fits = (!status || article.dataset.status.split(" ").includes(status)) &&
          (!cls || article.dataset.class === cls) && (!wanted || words.get(article).includes(wanted));
        article.hidden = !fits;
        if (fits) shown += count(article, status);
      }
      for (const group of document.querySelectorAll("#claims .group"))
        group.hidden = !group.querySelector("article:not([hidden])");
      byId("filter-count").textContent = `${shown} of ${all} claims shown`;
    };
    filter.hidden = false;
    filter.addEventListener("submit", (event) => event.preventDefault());
    filter.addEventListener("input", apply);
    apply();
    // A link to a claim that the filter hides shows it.
    window.addEventListener("hashchange", () => {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (target?.hidden) { filter.reset(); apply(); target.scrollIntoView(); }
    });
  }
  for (const button of document.querySelectorAll("[data-explore]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      window.fvtheory.explore(JSON.parse(button.dataset.explore));
      byId("explorer").scrollIntoView();
      byId("x-class").focus({ preventScroll: true });
    });
  }
})();
