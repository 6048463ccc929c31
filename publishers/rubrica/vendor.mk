# Refresh the vendored typefaces and their licences: make -f publishers/rubrica/vendor.mk
# From npm's bootstrap-italia (BSD-3-Clause; the typefaces are under the SIL OFL 1.1).

BOOTSTRAP_ITALIA := 2.18.3
FONTS := publishers/rubrica/static/fonts
DIST := package/dist/fonts

.PHONY: vendor-rubrica
vendor-rubrica:
	rm -rf build/vendor && mkdir -p build/vendor $(FONTS)
	cd build/vendor && npm pack --silent bootstrap-italia@$(BOOTSTRAP_ITALIA) && tar xzf *.tgz
	cd build/vendor && cp $(DIST)/Titillium_Web/titillium-web-*-latin-ext_latin-600.woff2 \
		$(DIST)/Lora/lora-*-latin-ext_latin-regular.woff2 \
		$(DIST)/Lora/lora-*-latin-ext_latin-italic.woff2 \
		$(DIST)/Lora/lora-*-latin-ext_latin-700.woff2 $(CURDIR)/$(FONTS)
	cd build/vendor && { \
		printf 'Bootstrap Italia $(BOOTSTRAP_ITALIA)\n\n'; cat package/LICENSE; \
		printf '\n\nTitillium Web\n\n'; cat $(DIST)/Titillium_Web/OFL.txt; \
		printf '\n\nLora\n\n'; cat $(DIST)/Lora/OFL.txt; } > $(CURDIR)/$(FONTS)/LICENSE.txt
	chmod 644 $(FONTS)/*
	rm -rf build/vendor
