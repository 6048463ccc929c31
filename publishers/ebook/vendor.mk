# Refresh the e-book's typefaces and their licences: make -f publishers/ebook/vendor.mk
# From npm's @expo-google-fonts (all are under the SIL OFL 1.1).

FONTS := publishers/ebook/fonts
SCOPE := @expo-google-fonts
LORA := lora@0.4.2
TITILLIUM := titillium-web@0.4.1
ARABIC := noto-sans-arabic@0.4.3
EMOJI := noto-emoji@0.4.7
GREEK := gfs-didot@0.4.1

.PHONY: vendor-ebook
vendor-ebook:
	rm -rf build/vendor && mkdir -p build/vendor $(FONTS)
	cd build/vendor && for one in $(LORA) $(TITILLIUM) $(ARABIC) $(EMOJI) $(GREEK); do \
		mkdir $$one && (cd $$one && npm pack --silent $(SCOPE)/$$one && tar xzf *.tgz); done
	cd build/vendor && cp $(LORA)/package/400Regular/*.ttf $(LORA)/package/700Bold/*.ttf \
		$(LORA)/package/400Regular_Italic/*.ttf $(TITILLIUM)/package/600SemiBold/*.ttf \
		$(ARABIC)/package/400Regular/*.ttf $(EMOJI)/package/400Regular/*.ttf \
		$(GREEK)/package/400Regular/*.ttf $(CURDIR)/$(FONTS)
	cd build/vendor && for one in $(LORA) $(TITILLIUM) $(ARABIC) $(EMOJI) $(GREEK); do \
		printf '%s\n\n' $$one; cat $$one/package/LICENSE_FONT; printf '\n\n'; \
		done > $(CURDIR)/$(FONTS)/LICENSE.txt
	chmod 644 $(FONTS)/*
	rm -rf build/vendor
