import { Drawer, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, ok } from "../api/client.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { Marked } from "../ui/Marked.tsx";
import { useWords } from "../words/words.tsx";
import { words } from "./words.ts";

/** What the manual says of a finding of the check, beside the page. */
export function Manual({ code, onClose }: { code: string; onClose: () => void }) {
  const t = useWords(words);
  const page = useQuery({
    queryKey: ["manual", code],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => ok(api.GET("/manual/{code}", { params: { path: { code } } })),
  });
  return (
    <Drawer opened onClose={onClose} position="right" size="md" title={t.explain(code)}>
      <Loaded query={page}>
        {({ title, text }) => (
          <>
            <Text fw={600} mb="xs">
              <Marked text={title} />
            </Text>
            {text.split(/\n{2,}/).map((part, at) =>
              part.startsWith("```") ? (
                <pre key={at}>{part.replace(/^```\w*\n?|```$/g, "")}</pre>
              ) : (
                <Text key={at} size="sm" mb="xs">
                  <Marked text={part} />
                </Text>
              ),
            )}
          </>
        )}
      </Loaded>
    </Drawer>
  );
}
