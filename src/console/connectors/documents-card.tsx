import { Button } from "../parts/button.tsx";
import { size } from "../parts/numbers.ts";
import { Time } from "../parts/time.tsx";
import { useDocuments } from "./connectors.ts";

/** The files that a connector has fetched, to be had from the hub after the upstream's links have expired. */
export function DocumentsCard({ name }: { name: string }) {
  const kept = useDocuments(name);
  const documents = kept.data?.pages.flatMap((page) => page.documents) ?? [];
  if (documents.length === 0) return null;
  return (
    <section className="card" aria-label="Documents">
      <header>
        <h2>Documents</h2>
      </header>
      <ul className="rows">
        {documents.map((document) => (
          <li key={document.id}>
            <div className="grow">
              <a className="break" href={`/api/documents/${document.id}/content`} download>
                {document.name}
              </a>
              <div className="muted small">
                {document.classification !== null && <>{document.classification} · </>}
                {document.dealId !== null && <>deal {document.dealId} · </>}
                {size(document.size)}
              </div>
            </div>
            <span className="muted small">
              <Time at={document.createdAt} />
            </span>
          </li>
        ))}
      </ul>
      {kept.hasNextPage && (
        <div className="card-foot">
          <Button isBusy={kept.isFetchingNextPage} onClick={() => void kept.fetchNextPage()}>
            Show older documents
          </Button>
        </div>
      )}
    </section>
  );
}
