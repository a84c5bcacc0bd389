"""Parts of pages: each module draws what stands under one heading, or in the panel."""
