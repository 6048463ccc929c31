# Refresh what the console has from others: make -f bottega/web/console/vendor.mk
# From npm: htmx.org (0BSD), and bootstrap-italia (BSD-3-Clause) for its typeface, Titillium Web
# (SIL OFL 1.1), and its mark-up's colours and measures, which static/console.css follows.

HTMX := 2.0.11
BOOTSTRAP_ITALIA := 2.18.3
STATIC := bottega/web/console/static
FONTS := $(STATIC)/fonts
DIST := package/dist/fonts/Titillium_Web

.PHONY: vendor-console
vendor-console:
	rm -rf build/vendor && mkdir -p build/vendor/htmx build/vendor/italia $(FONTS)
	cd build/vendor/htmx && npm pack --silent htmx.org@$(HTMX) && tar xzf *.tgz
	cd build/vendor/htmx && cp package/dist/htmx.min.js $(CURDIR)/$(STATIC)/htmx.min.js
	cd build/vendor/italia && npm pack --silent bootstrap-italia@$(BOOTSTRAP_ITALIA) && tar xzf *.tgz
	cd build/vendor/italia && cp $(DIST)/titillium-web-*-latin-ext_latin-regular.woff2 \
		$(DIST)/titillium-web-*-latin-ext_latin-600.woff2 $(CURDIR)/$(FONTS)
	cd build/vendor && { \
		printf 'htmx $(HTMX)\n\n'; cat htmx/package/LICENSE; \
		printf '\n\nBootstrap Italia $(BOOTSTRAP_ITALIA)\n\n'; cat italia/package/LICENSE; \
		printf '\n\nTitillium Web\n\n'; cat italia/$(DIST)/OFL.txt; \
		} > $(CURDIR)/$(STATIC)/LICENSE.txt
	chmod 644 $(STATIC)/htmx.min.js $(STATIC)/LICENSE.txt $(FONTS)/*
	rm -rf build/vendor
